"""Programs that are random: run again where they would lead, judged by the mean."""

import itertools
from dataclasses import replace

import pytest
from fakes.sandbox import crashed, predicted
from small_world import TRACEBACK, World, edit, run_score, to, world

from graph.repeats import may_be_random, mean
from graph.values import Measurement

RANDOM = "import argparse\nimport random\n"


@pytest.mark.parametrize(
    ("source", "may"),
    [
        ("import random\n", True),
        ("import numpy as np\nx = np.random.rand()\n", True),
        ("from numpy.random import default_rng\n", True),
        ("from sklearn.svm import SVC\n", True),
        ("import torch.nn\n", True),
        ("import numpy as np\n", False),
        ("# random\nrandom_state = 1\n", False),
        ("import (", False),
    ],
)
def test_where_chance_can_have_a_part(source: str, may: bool) -> None:
    assert may_be_random(source) is may


def drawing(w: World, *numbers: float | None) -> None:
    """The random program predicts these, one after the other; None is a crash."""
    draws = itertools.cycle(numbers)

    def outcome(given):
        if "import random" not in given.source:
            return run_score(given)
        number = next(draws)
        return crashed(TRACEBACK) if number is None else predicted(str(number).encode(), f'claim: {{"f1": {number}}}')

    w.sandbox.outcome = outcome


def random_world(score: str, iterations: int = 1) -> World:
    change = edit("import argparse\n", RANDOM) + to("0.5", score)
    return world({("improve", 1, ""): "IDEA: chance\n" + change}, iterations=iterations)


async def test_a_lucky_draw_does_not_win():
    w = random_world("chance")
    drawing(w, 0.9, 0.2, 0.1)
    end = await w.run()
    assert w.versions[2].validation == {"f1": pytest.approx(0.4)}
    assert (w.versions[2].runs, w.versions[2].spread) == (3, pytest.approx(0.4359, abs=1e-4))
    assert end["best"]["version"] == 1
    assert (w.versions[1].runs, w.versions[1].spread) == (1, None), "there is no chance in it"


async def test_one_that_predicts_the_same_again_is_run_twice():
    w = random_world("chance")
    drawing(w, 0.9)
    end = await w.run()
    assert (w.versions[2].runs, w.versions[2].spread) == (2, 0.0)
    assert end["best"] == {"version": 2, "value": 0.9}
    assert sum("import random" in given.source for given in w.sandbox.programs) == 5, (
        "with test, its pace and the document"
    )
    assert end["test"] == {"metrics": {"f1": 0.9}, "predictions": end["test"]["predictions"]}


async def test_one_that_does_not_lead_is_run_once():
    w = random_world("chance")
    drawing(w, 0.4)
    await w.run()
    assert w.versions[2].runs == 1
    assert sum("import random" in given.source for given in w.sandbox.programs) == 1


async def test_the_test_score_of_a_random_program_is_a_mean_too():
    w = random_world("chance")
    drawing(w, 0.8, 0.7, 0.9)
    end = await w.run()
    assert end["best"] == {"version": 2, "value": pytest.approx(0.8)}
    assert end["test"]["metrics"] == {"f1": pytest.approx(0.8)}
    assert (end["test"]["runs"], end["test"]["spread"]) == (3, pytest.approx(0.1))


async def test_one_that_fails_the_second_time_is_repaired():
    w = random_world("chance")
    w.chat.script[("debug", 1, "1")] = edit("import random\n", "") + to("chance", "0.7")
    drawing(w, 0.9, None)
    end = await w.run()
    assert "It ran once, but not again. It was run and did not end well" in w.chat.prompt("debug", 1, "1")
    assert end["best"] == {"version": 2, "value": 0.7}
    assert w.versions[2].repairs == 1


async def test_one_that_goes_on_failing_is_a_failed_candidate():
    w = random_world("chance")
    edits = (('"""P."""', '"""Q."""'), ('"""Q."""', '"""R."""'))
    w.chat.script |= {("debug", 1, str(number)): edit(*one) for number, one in enumerate(edits, 1)}
    drawing(w, 0.9, None)
    end = await w.run()
    assert (w.versions[2].status, w.versions[2].validation) == ("failed", None)
    assert end["best"] == {"version": 1, "value": 0.5}


def test_means_are_taken_of_what_all_runs_have() -> None:
    one = Measurement({"f1": 0.8, "mae": 2.0}, {"a": {"f1": 1.0}, "b": {"f1": 0.6}})
    other = replace(one, metrics={"f1": 0.6}, units={"a": {"f1": 0.5}})
    assert mean([one, other]) == Measurement({"f1": pytest.approx(0.7)}, {"a": {"f1": 0.75}})
