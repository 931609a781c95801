"""The seconds of a program for each unit, apart from its start and from learning."""

from dataclasses import replace

import pytest
from fakes.sandbox import crashed
from small_world import TRACEBACK, World, run_score, task, to, world

from graph.pace import pace
from graph.values import Pace


def taking(w: World, seconds: dict[str, tuple[float, float | None]]) -> None:
    """By SCORE: how long a run over all three units takes, and one over a single unit; None is a crash."""

    def outcome(given):
        ran = run_score(given)
        score = given.source.partition('SCORE = "')[2].partition('"')[0]
        all_units, one = seconds.get(score, (1.0, 0.5))
        if given.inputs.parent.name != "one":
            return replace(ran, seconds=all_units)
        return crashed(TRACEBACK) if one is None else replace(ran, seconds=one)

    w.sandbox.outcome = outcome


def allowing(seconds: float) -> World:
    w = world(
        {
            ("improve", 1, ""): "IDEA: slow\n" + to("0.5", "0.99"),
            ("debug", 1, "1"): to("0.99", "0.98"),
            ("debug", 1, "2"): to("0.98", "0.97"),
        }
    )
    w.task = task(iterations=1, constraints={"max_seconds_per_unit": seconds})
    return w


@pytest.mark.parametrize(
    ("all_units", "one", "units", "found"),
    [
        (13.0, 11.0, 5, Pace(10.5, 0.5)),
        (2.0, 2.0, 3, Pace(2.0, 0.0)),
        (1.9, 2.0, 3, Pace(2.0, 0.0)),
        (9.0, 3.0, 3, Pace(0.0, 3.0)),
        (9.0, 1.0, 3, Pace(0.0, 4.0)),
    ],
)
def test_the_slope_between_two_runs(all_units: float, one: float, units: int, found: Pace) -> None:
    assert pace(all_units, one, units) == found


async def test_one_that_learns_for_long_and_predicts_fast_may_win():
    w = allowing(0.5)
    taking(w, {"0.99": (31.8, 30.2)})
    end = await w.run()
    assert end["best"] == {"version": 2, "value": 0.99}
    assert w.versions[2].pace == pytest.approx({"start": 29.8, "per_unit": 0.4})
    assert end["pace"] == w.versions[2].pace
    assert sum(given.inputs.parent.name == "one" for given in w.sandbox.programs) == 1, "not measured a second time"


async def test_one_that_is_fast_enough_on_average_is_not_run_for_that():
    w = allowing(0.5)
    taking(w, {"0.99": (2.4, None)})
    end = await w.run()
    assert end["best"]["version"] == 2
    assert w.versions[2].pace is None


async def test_one_that_predicts_slowly_is_told_how_slowly():
    w = allowing(0.5)
    taking(w, dict.fromkeys(("0.99", "0.98", "0.97"), (6.0, 2.0)))
    await w.run()
    assert w.versions[2].status == "failed"
    assert "took 1 s for each recording in unlabelled/, start and learning aside" in w.versions[2].problem


async def test_where_a_single_unit_is_too_much_for_it_the_average_counts():
    w = allowing(0.5)
    taking(w, dict.fromkeys(("0.99", "0.98", "0.97"), (5.0, None)))
    await w.run()
    assert "took 1 s for each recording in unlabelled/; the task allows 0.5 s" in w.versions[2].problem


async def test_the_chosen_program_tells_its_pace_without_any_limit():
    w = world()
    taking(w, {"0.5": (3.0, 1.0)})
    assert (await w.run())["pace"] == {"start": 0.5, "per_unit": 0.5}


async def test_what_fails_on_a_single_unit_tells_none():
    w = world()
    taking(w, {"0.5": (2.0, None)})
    end = await w.run()
    assert end["pace"] is None
    assert end["test"]["metrics"] == {"f1": 0.5}
