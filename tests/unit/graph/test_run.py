"""The whole state machine, in memory."""

from collections import Counter

import pytest
from fakes.bench import ScriptedBench
from fakes.chat import Unscripted
from fakes.sandbox import predicted
from langgraph.types import Command
from small_world import DESIGN, edit, fenced, program, run_score, task, to, world

from graph.errors import ReplyUnusable
from graph.state import first_state


async def test_the_first_program_is_written_run_measured_verified_and_documented():
    w = world()
    end = await w.run()
    assert end["best"] == {"version": 1, "value": 0.5}
    assert end["test"]["metrics"] == {"f1": 0.5}
    assert w.context.text(end["document"]).startswith("## Introduction")
    assert end["stopped_by"] == "iterations"
    assert [key[0] for key in w.chat.keys] == ["terms", "outline", "design", "write_module", "integrate", "document"]
    assert w.library.terms == ["peak", "noise"]


async def test_the_model_is_asked_at_most_six_times_in_a_row_before_the_first_run():
    w = world()
    rounds = set()

    def first_run(given):
        rounds.update(key[0] for key in w.chat.keys)
        return run_score(given)

    w.sandbox.outcome = first_run
    await w.run()
    # Modules are written side by side: one round trip for all of them.
    assert 0 < len(rounds - {"document"}) <= 6


async def test_a_first_program_that_fails_is_repaired():
    w = world({("debug", 0, "1"): to("crash", "0.6")}, first="crash")
    end = await w.run()
    assert end["best"] == {"version": 1, "value": 0.6}
    assert w.versions[1].repairs == 1
    assert "ValueError: too short" in w.chat.prompt("debug", 0, "1")
    assert [version.version for version in w.archive.saved] == [1]


async def test_when_repairs_are_spent_the_failure_is_kept_and_improvement_goes_on_from_it():
    w = world(
        {("debug", 0, str(n)): to("crash", "crash") for n in (1, 2, 3)}
        | {("improve", 1, ""): "IDEA: another way\n" + to("crash", "0.7")},
        first="crash",
        iterations=1,
    )
    end = await w.run()
    assert (w.versions[1].status, w.versions[1].repairs) == ("failed", 3)
    assert w.versions[1].problem.endswith("ValueError: too short")
    assert (w.versions[2].status, w.versions[2].parent) == ("ok", 1)
    assert end["best"] == {"version": 2, "value": 0.7}


async def test_edits_that_do_not_apply_make_the_next_repair_give_the_whole_file():
    w = world({("debug", 0, "1"): edit("not there", "x"), ("debug", 0, "2"): fenced(program("0.8"))}, first="crash")
    end = await w.run()
    assert end["best"]["value"] == 0.8
    second = w.chat.prompt("debug", 0, "2")
    assert "Answer with the whole repaired program" in second
    assert "found 0 times" in second
    assert "not there" in second, "the work in the edits that did not fit is told"
    assert len(w.sandbox.programs) == 4, "a program that did not change is not run again: two runs, test, document"


async def test_a_repair_that_changes_nothing_is_not_run():
    w = world({("debug", 0, "1"): to("crash", "crash"), ("debug", 0, "2"): to("crash", "0.6")}, first="crash")
    await w.run()
    assert [run_score(given).ok for given in w.sandbox.programs] == [False, True, True, True]


async def test_an_improvement_whose_edits_do_not_apply_is_asked_whole_and_not_lost():
    w = world(
        {
            ("improve", 1, ""): "IDEA: a filter\n" + edit("not there", "x"),
            ("debug", 1, "1"): fenced(program("0.9")),
        },
        iterations=1,
    )
    end = await w.run()
    assert end["best"] == {"version": 2, "value": 0.9}
    assert "This change was meant: a filter" in w.chat.prompt("debug", 1, "1")
    assert w.versions[2].idea == "a filter"


async def test_an_improvement_that_never_applies_is_recorded_once_as_failed():
    w = world(
        {
            ("improve", 1, ""): "IDEA: a filter\n" + edit("not there", "x"),
            ("debug", 1, "1"): edit("nor there", "x"),
            ("debug", 1, "2"): edit("nor here", "x"),
            ("improve", 2, ""): "IDEA: none",
        },
        iterations=2,
    )
    end = await w.run()
    assert [(v.version, v.status) for v in w.archive.saved] == [(1, "ok"), (2, "failed")]
    assert w.versions[2].problem.startswith("The change was not made: edit 1 of 1 did not apply")
    assert end["best"]["version"] == 1


async def test_invalid_predictions_are_debugged():
    w = world({("debug", 0, "1"): to("oops", "0.6")}, first="oops")
    end = await w.run()
    assert end["best"]["value"] == 0.6
    assert "cannot be scored: line 1: 'oops' is no number" in w.chat.prompt("debug", 0, "1")


async def test_invalid_predictions_that_stay_are_a_failed_candidate():
    w = world({("debug", 0, str(n)): to("oops", "oops") for n in (1, 2, 3)}, first="oops")
    end = await w.run()
    assert end["best"] is None
    assert w.versions[1].status == "failed"
    assert w.versions[1].validation is None
    assert len(w.archive.saved) == 1


async def test_a_finding_goes_to_debug_without_a_run():
    w = world({("debug", 0, "1"): edit('SCORE = "0.5"', 'SCORE = "0.6"\nNAME = SCORE')}, first="0.5")
    w.chat.script["integrate", 0, ""] = w.chat.script["integrate", 0, ""].replace("load(SCORE)", "load(SCORE), NAME")
    await w.run()
    assert "undefined name NAME" in w.chat.prompt("debug", 0, "1")
    assert all("NAME = SCORE" in given.source for given in w.sandbox.programs)


async def test_what_an_earlier_program_left_is_not_kept_for_one_that_was_never_run():
    broken = edit('SCORE = "oops"', 'SCORE = undefined_name  # "oops"')
    again = edit("undefined_name", "undefined_name")
    w = world({("debug", 0, "1"): broken, ("debug", 0, "2"): again, ("debug", 0, "3"): again}, first="oops")
    await w.run()
    kept = w.versions[1]
    assert kept.status == "failed"
    assert "undefined_name" in kept.problem
    assert (kept.predictions, kept.output, kept.seconds) == ("", "", 0.0)


async def test_a_worse_improvement_is_not_chosen_and_the_next_one_starts_from_the_best():
    w = world(
        {
            ("improve", 1, ""): "IDEA: down\n" + to("0.5", "0.3"),
            ("improve", 2, ""): "IDEA: up\n" + to("0.5", "0.9"),
        },
        iterations=2,
    )
    end = await w.run()
    assert [w.versions[n].parent for n in (1, 2, 3)] == [None, 1, 1]
    assert end["best"] == {"version": 3, "value": 0.9}
    assert w.context.text(w.versions[3].diff).count("\n+") == 2, "the header and one line"


async def test_no_further_idea_ends_it():
    w = world({("improve", 1, ""): "IDEA: none"}, iterations=5)
    end = await w.run()
    assert (end["stopped_by"], end["best"]["version"], len(w.versions)) == ("ideas", 1, 1)


async def test_a_target_that_is_reached_ends_it():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.95")})
    w.task = task(
        iterations=9, scoring={"scorer": "regression", "metric": "f1", "direction": "maximize", "target": 0.9}
    )
    end = await w.run()
    assert (end["stopped_by"], end["best"]["version"]) == ("target", 2)


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
    assert w.bench.asked.count("test") == 1
    assert [split for split, _ in w.bench.scored].count("test") == 1


async def test_a_program_that_fails_on_test_is_reported_and_not_repaired():
    w = world()
    w.sandbox.outcome = lambda given: run_score(given) if "validation" in str(given.inputs) else predicted(b"oops")
    end = await w.run()
    assert end["test"] == {"problem": "line 1: 'oops' is no number"}
    assert end["best"]["value"] == 0.5


async def test_an_improvement_takes_at_most_three_calls_and_a_first_program_three_repairs():
    more = {("debug", n, str(k)): to("crash", "crash") for n in (0, 1, 2) for k in (1, 2, 3)}
    more |= {("improve", n, ""): f"IDEA: {n}\n" + edit("import argparse", f"import argparse\n\n# {n}") for n in (1, 2)}
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
