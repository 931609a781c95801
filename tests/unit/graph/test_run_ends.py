"""The whole state machine, in memory: when it ends, what it is measured by then, and who may say so."""

from collections import Counter

import pytest
from fakes.bench import ScriptedBench
from fakes.chat import Unscripted
from fakes.sandbox import predicted
from langgraph.types import Command
from small_world import DESIGN, SCORING, edit, fenced, run_score, task, to, world

from graph.errors import ReplyUnusable
from graph.state import first_state
from graph.values import Measurement


async def test_a_target_that_is_reached_ends_it():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.95")})
    w.task = task(
        iterations=9, scoring={"scorer": "regression", "metric": "f1", "direction": "maximize", "target": 0.9}
    )
    end = await w.run()
    assert (end["stopped_by"], end["best"]["version"]) == ("target", 2)


async def test_a_target_that_one_reaches_is_not_lost_to_a_simpler_one():
    longer = edit("def main() -> None:", "SPARE = 1\n\n\ndef main() -> None:")
    scores = {"0.5": [0.5] * 5, "0.6": [0.4, 0.5, 0.5, 0.5, 1.0]}

    def score(_, predictions):
        units = dict(zip("abcde", scores[predictions.decode()], strict=True))
        return Measurement({"f1": sum(units.values()) / 5}, {unit: {"f1": value} for unit, value in units.items()})

    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.6") + longer}, bench=ScriptedBench(score))
    w.task = task(iterations=9, scoring=SCORING.model_copy(update={"target": 0.58}))
    end = await w.run()
    assert (end["stopped_by"], end["best"]["version"]) == ("target", 2)


async def test_patience_ends_it_where_nothing_brings_more():
    ideas = {("improve", n, ""): f"IDEA: {n}\n" + to("0.5", f"0.4{n}") for n in (1, 2, 3)}
    w = world(ideas)
    w.task = task(iterations=9, search={"policy": "linear", "patience": 2})
    end = await w.run()
    assert (end["stopped_by"], len(w.archive.saved)) == ("plateau", 3)


async def test_minutes_that_are_spent_end_it_with_a_document():
    w = world(iterations=5, minutes_left=lambda: 0.0)
    end = await w.run()
    assert (end["stopped_by"], bool(end["document"])) == ("budget", True)


async def test_without_any_program_there_is_a_result_and_test_stays_unseen():
    w = world({("debug", 0, str(n)): to("crash", "crash") for n in (1, 2, 3)}, first="crash")
    end = await w.run()
    assert (end["best"], end["test"], end["document"]) == (None, None, "")
    assert "test" not in w.bench.asked
    assert (await w.snapshot()).next == ()


async def test_claimed_mode_goes_by_what_programs_say_and_asks_for_no_score():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.7")}, iterations=1, bench=ScriptedBench(measured=False))
    end = await w.run()
    assert end["best"] == {"version": 2, "value": 0.7}
    assert end["test"] is None
    assert w.bench.scored == []
    assert "test" not in w.bench.asked


async def test_without_scoring_the_last_program_that_ran_is_taken():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.3")}, bench=ScriptedBench(measured=False))
    w.task = task(iterations=1, scoring=None)
    assert (await w.run())["best"] == {"version": 2, "value": None}


async def test_the_test_split_is_asked_for_once_and_only_after_the_choice():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.9")}, iterations=1)
    names = []
    async for part in w.graph.astream(
        first_state(asks_person=False), w.config, context=w.context, stream_mode="updates", durability="sync"
    ):
        names += [(name, "test" in w.bench.asked) for name in part]
    assert names.index(("select", False)) < names.index(("verify", True))
    assert [name for name, seen in names if seen] == ["verify", "document"]
    # The chosen program, and beside it the draft that it has to beat.
    assert w.bench.asked.count("test") == 2
    assert [split for split, _ in w.bench.scored].count("test") == 2


async def test_a_program_that_fails_on_test_is_reported_and_not_repaired():
    w = world()
    w.sandbox.outcome = lambda given: run_score(given) if "validation" in str(given.inputs) else predicted(b"oops")
    end = await w.run()
    assert end["test"] == {"problem": "line 1: 'oops' is no number"}
    assert end["best"]["value"] == 0.5


async def test_an_improvement_takes_at_most_three_calls_and_a_first_program_three_repairs():
    more = {("debug", n, str(k)): to("crash", "crash") for n in (0, 1, 2) for k in (1, 2, 3)}
    more |= {
        ("improve", n, ""): f"IDEA: {n}\n" + edit("import argparse", f"import argparse\n\nN = {n}") for n in (1, 2)
    }
    w = world(more, first="crash", iterations=2)
    await w.run()
    by_iteration = Counter(key[1] for key in w.chat.keys if key[0] in ("improve", "debug"))
    assert by_iteration == {0: 3, 1: 3, 2: 3}
    assert len(w.versions) == 3


async def test_a_design_without_modules_is_refused():
    w = world({"design": '{"summary": "s", "modules": [], "main": "m"}'})
    with pytest.raises(ReplyUnusable, match="modules"):
        await w.run()
    assert (await w.snapshot()).next == ("design",)


async def test_a_call_that_is_not_scripted_is_loud():
    w = world(iterations=1)
    with pytest.raises(Unscripted, match="improve"):
        await w.run()


async def test_a_person_is_asked_after_each_evaluation_and_may_stop():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.6")}, iterations=5, asks_person=True)
    await w.run()
    (asked,) = (await w.snapshot()).interrupts
    assert asked.value == {"iteration": 0, "best": {"version": 1, "value": 0.5}}
    await w.run(Command(resume={"action": "go", "instruction": "Mind the noise."}))
    assert "Mind the noise." in w.chat.prompt("improve", 1)
    end = await w.run(Command(resume={"action": "stop"}))
    assert (end["stopped_by"], end["best"]["version"]) == ("person", 2)
    assert (await w.snapshot()).next == ()


async def test_an_instruction_counts_for_one_improvement():
    w = world(
        {("improve", n, ""): "IDEA: up\n" + to(f"0.{n + 4}", f"0.{n + 5}") for n in (1, 2)},
        iterations=2,
        asks_person=True,
    )
    await w.run()
    await w.run(Command(resume={"action": "go", "instruction": "Mind the noise."}))
    await w.run(Command(resume={"action": "go"}))
    assert "Mind the noise." in w.chat.prompt("improve", 1)
    assert "Mind the noise." not in w.chat.prompt("improve", 2)


async def test_a_person_is_not_asked_when_nothing_is_left_to_decide():
    w = world(asks_person=True)
    await w.run()
    assert (await w.snapshot()).next == ()


async def test_a_design_of_many_modules_is_put_together_in_its_order():
    design = DESIGN.replace('"modules": [', '"modules": [{"signature": "def zero() -> int", "does": "0"}, ')
    w = world({"design": design, ("write_module", 0, "zero"): fenced("def zero() -> int:\n    return 0\n")})
    await w.run()
    source = w.source(1)
    assert source.index("def zero") < source.index("def load") < source.index("def main")
