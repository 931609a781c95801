"""The whole state machine, in memory."""

from collections import Counter

import pytest
from fakes.bench import ScriptedBench
from fakes.chat import Unscripted
from fakes.sandbox import crashed, predicted
from langgraph.types import Command
from small_world import DESIGN, SCORING, edit, fenced, program, run_score, task, to, world

from graph.errors import ReplyUnusable
from graph.state import first_state
from graph.values import Measurement


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
    assert len(w.sandbox.programs) == 5, "what did not change is not run again: two runs, test, pace, document"


async def test_a_repair_that_changes_nothing_is_not_run():
    w = world({("debug", 0, "1"): to("crash", "crash"), ("debug", 0, "2"): to("crash", "0.6")}, first="crash")
    await w.run()
    assert [run_score(given).ok for given in w.sandbox.programs] == [False, True, True, True, True]


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


async def test_a_program_that_was_run_before_is_not_run_again():
    commented = edit("import argparse", "# The command line.\nimport argparse")
    w = world({("improve", 1, ""): "IDEA: again\n" + commented, ("improve", 2, ""): "IDEA: none"}, iterations=2)
    await w.run()
    assert (w.versions[2].status, w.versions[2].repairs) == ("failed", 0)
    assert w.versions[2].problem == "It was not run: but for comments and layout it is the same as version 1"
    assert len(w.sandbox.programs) == 4, "the first program, on test, for its pace, and by its document"
    assert "the same as version 1" in w.chat.prompt("improve", 2)


async def test_a_budget_that_is_spent_before_an_improvement_ends_with_the_best_so_far():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.7")}, iterations=9)
    w.chat.most = 6
    end = await w.run()
    assert (end["stopped_by"], end["best"]) == ("budget", {"version": 2, "value": 0.7})
    assert len(w.chat.calls) == 7
    assert w.context.text(end["document"]).startswith("## Introduction")


async def test_a_budget_that_is_spent_before_a_repair_keeps_the_candidate_as_failed():
    w = world({("improve", 1, ""): "IDEA: up\n" + to("0.5", "crash")}, iterations=9)
    w.chat.most = 6
    end = await w.run()
    assert (end["stopped_by"], end["best"]) == ("budget", {"version": 1, "value": 0.5})
    assert (w.versions[2].status, w.versions[2].repairs) == ("failed", 0)
    assert w.versions[2].problem.endswith("ValueError: too short")


async def test_an_improvement_is_compared_with_the_one_that_it_comes_from():
    w = world(
        {
            ("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.9"),
            ("improve", 2, ""): "IDEA: down\n" + to("0.9", "0.7"),
            ("improve", 3, ""): "IDEA: none",
        },
        iterations=3,
    )
    await w.run()
    assert w.versions[1].against_parent is None
    assert [w.versions[n].against_parent["verdict"] for n in (2, 3)] == ["better", "worse"]
    assert [w.versions[n].parent for n in (2, 3)] == [1, 2]
    assert "(worse than version 2)" in w.chat.prompt("improve", 3)


async def test_small_gains_are_gone_on_from_though_the_simpler_program_is_handed_over():
    ahead = {"a": 0.9, "b": 0.3}

    def score(split, predictions):
        number = float(predictions)
        units = (
            {unit: {"f1": value + (number - 0.5)} for unit, value in ahead.items()}
            if number > 0.5
            else {
                "a": {"f1": 0.3},
                "b": {"f1": 0.9},
            }
        )
        return Measurement({"f1": number}, units)

    longer = edit(
        "    print(parser.parse_args(), load(SCORE))", "    given = parser.parse_args()\n    print(given, load(SCORE))"
    )
    w = world(
        {
            ("improve", 1, ""): "IDEA: a bit\n" + to("0.5", "0.51") + longer,
            ("improve", 2, ""): "IDEA: more\n" + to("0.51", "0.52"),
        },
        iterations=2,
        bench=ScriptedBench(score),
    )
    end = await w.run()
    assert [w.versions[n].parent for n in (2, 3)] == [1, 2]
    assert end["best"]["version"] == 1


def whole(number: int, score: str) -> str:
    return f"IDEA: method {number}\n" + fenced(program(score, f"\n# {number}\n").replace("P.", f"P{number}."))


async def test_the_first_program_can_be_written_in_one_piece():
    w = world({"write_program": fenced(program("0.6"))})
    w.task = task(iterations=0, search={"style": "whole"})
    end = await w.run()
    assert [key[0] for key in w.chat.keys] == ["terms", "outline", "design", "write_program", "document"]
    assert end["best"] == {"version": 1, "value": 0.6}
    assert "`def load(path: str) -> str`: loads" in w.chat.prompt("write_program")


@pytest.mark.parametrize(
    ("without", "asked"),
    [
        (["knowledge"], ["outline", "design", "write_program", "document"]),
        (["outline"], ["terms", "design", "write_program", "document"]),
        (["design"], ["terms", "outline", "write_program", "document"]),
        (["knowledge", "outline", "design"], ["write_program", "document"]),
    ],
)
async def test_what_a_run_does_without_is_not_asked_for(without, asked):
    w = world({"write_program": fenced(program("0.6"))})
    w.task = task(iterations=0, search={"style": "whole"}, ablation=without)
    end = await w.run()
    assert [key[0] for key in w.chat.keys] == asked
    assert end["best"] == {"version": 1, "value": 0.6}
    heads = [line for line in w.chat.prompt("write_program").splitlines() if line in ("# The design", "# The outline")]
    assert heads == (
        ["# The design"] if "design" not in without else ["# The outline"] if "outline" not in without else []
    )


async def test_without_improvement_the_first_program_is_the_last():
    w = world()
    w.task = task(iterations=3, ablation=["improvement"])
    end = await w.run()
    assert (end["stopped_by"], [v.version for v in w.archive.saved]) == ("iterations", [1])


async def test_without_a_design_the_first_program_follows_what_was_said():
    w = world({"write_program": fenced(program("0.6"))})
    w.task = task(iterations=0, ablation=["design"])
    w.told.append("Use a median filter.")
    await w.run()
    assert "Use a median filter." in w.chat.prompt("write_program")


async def test_a_tree_writes_its_drafts_first_and_improves_the_best_branch():
    w = world(
        {
            ("draft", 1, ""): whole(2, "0.8"),
            ("draft", 2, ""): whole(3, "0.6"),
            ("improve", 3, ""): "IDEA: up\n" + to("0.8", "0.9"),
            ("improve", 4, ""): "IDEA: none",
        }
    )
    w.task = task(iterations=4, search={"policy": "tree", "drafts": 3})
    end = await w.run()
    assert [(v.version, v.parent, v.operator) for v in w.archive.saved] == [
        (1, None, "draft"),
        (2, None, "draft"),
        (3, None, "draft"),
        (4, 2, "improve"),
    ]
    assert end["best"] == {"version": 4, "value": 0.9}
    assert end["draft_alone"]["version"] == 2
    assert end["draft_alone"]["metrics"] == {"f1": 0.8}
    assert "version 1: the first program" in w.chat.prompt("draft", 1)
    assert "version 2: method 2 -> f1 0.8" in w.chat.prompt("draft", 2)


async def test_a_tree_ends_with_a_merge_of_two_branches():
    w = world(
        {
            ("draft", 1, ""): whole(2, "0.8"),
            ("improve", 2, ""): "IDEA: what the first one does\n" + to("0.8", "0.95"),
        }
    )
    w.task = task(iterations=2, search={"policy": "tree", "drafts": 2})
    end = await w.run()
    prompt = w.chat.prompt("improve", 2)
    assert "# The best program so far: version 2" in prompt
    assert "# The best program that goes back to another draft: version 1" in prompt
    assert prompt.index('SCORE = "0.8"') < prompt.index('SCORE = "0.5"')
    merged = w.versions[3]
    assert (merged.parent, merged.merged, merged.operator) == (2, 1, "merge")
    assert end["best"] == {"version": 3, "value": 0.95}


async def test_what_is_gone_on_from_though_another_is_ahead_is_said():
    script = {("draft", 1, ""): whole(2, "0.51"), ("draft", 2, ""): whole(3, "0.1")}
    script[("improve", 3, "")] = "IDEA: down\n" + to("0.51", "0.3")
    script[("improve", 4, "")] = "IDEA: none"
    w = world(script)
    w.task = task(iterations=5, search={"policy": "tree", "drafts": 3})
    await w.run()
    assert "The best program so far: version 2" in w.chat.prompt("improve", 3)
    assert "A promising program, though version 2 is ahead of it: version 1" in w.chat.prompt("improve", 4)


async def test_a_sample_is_drafts_alone():
    w = world({("draft", n, ""): whole(n + 1, f"0.{n + 5}") for n in (1, 2)})
    w.task = task(iterations=2, search={"policy": "sample"})
    end = await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft"] * 3
    assert end["best"]["version"] == end["draft_alone"]["version"] == 3


async def test_a_plateau_brings_another_draft():
    script = {("improve", n, ""): f"IDEA: {n}\n" + to("0.5", f"0.{n}") for n in (1, 2, 3)}
    w = world(script | {("draft", 4, ""): whole(5, "0.7")})
    w.task = task(iterations=4, search={"policy": "tree", "drafts": 1})
    end = await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft", "improve", "improve", "improve", "draft"]
    assert end["best"]["version"] == 5


async def test_a_draft_that_fails_is_repaired_like_any_other():
    w = world({("draft", 1, ""): whole(2, "crash"), ("debug", 1, "1"): to("crash", "0.9")})
    w.task = task(iterations=1, search={"policy": "sample"})
    end = await w.run()
    assert (w.versions[2].repairs, end["best"]["version"]) == (1, 2)


@pytest.mark.parametrize("useless", ["IDEA: none", fenced("x = 1"), "IDEA: words alone"])
async def test_a_draft_has_an_idea_and_a_program(useless):
    w = world({("draft", 1, ""): useless})
    w.task = task(iterations=1, search={"policy": "sample"})
    with pytest.raises(ReplyUnusable):
        await w.run()


async def test_a_budget_that_is_spent_before_a_draft():
    w = world()
    w.task = task(iterations=5, search={"policy": "sample"})
    w.chat.most = 5
    end = await w.run()
    assert (end["stopped_by"], end["best"]["version"]) == ("budget", 1)


TUNABLE = edit('SCORE = "0.5"', 'SCORE = "0.6"  # tune: 0.2 | 0.6 | 0.9')
"""The world's programs score what stands there."""


def tunable(w):
    w.chat.script["integrate", 0, ""] = w.chat.script["integrate", 0, ""].replace('"0.5"', '"0.5"  # tune: 0.5 | 0.7')
    return w


async def test_the_best_program_is_tuned_without_a_call_and_scored_like_any_other():
    w = world({("improve", 1, ""): "IDEA: parameters\n" + TUNABLE})
    w.task = task(iterations=1)
    end = await w.run()
    assert [(v.version, v.parent, v.operator) for v in w.archive.saved] == [
        (1, None, "draft"),
        (2, 1, "improve"),
        (3, 2, "tune"),
    ]
    assert w.versions[3].idea == "SCORE 0.6 -> 0.9 (f1 on held-back halves of train 0.6 -> 0.9, 24 trials)"
    assert end["best"] == {"version": 3, "value": 0.9}
    assert end["stopped_by"] == "iterations"
    assert Counter(key[0] for key in w.chat.keys) == Counter(
        ["terms", "outline", "design", "write_module", "integrate", "improve", "document"]
    )
    assert "test" not in [split for split, _ in w.bench.scored[:-2]]


async def test_the_first_program_is_tuned_before_an_improvement_stands_on_it():
    w = tunable(world({("improve", 2, ""): "IDEA: none"}, iterations=5))
    end = await w.run()
    assert [(v.version, v.operator) for v in w.archive.saved] == [(1, "draft"), (2, "tune")]
    assert end["best"]["value"] == 0.7
    assert "- version 2, other values, from version 1: SCORE 0.5 -> 0.7" in w.chat.prompt("improve", 2)
    assert "not propose other values" in w.chat.prompt("improve", 2)


async def test_tuning_takes_no_improvement_away():
    ideas = {n: edit("import argparse", f"import argparse\n\nN{n} = {n}") for n in (2, 3)}
    w = tunable(world({("improve", n, ""): f"IDEA: {n}\n{change}" for n, change in ideas.items()}, iterations=2))
    await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft", "tune", "improve", "improve"]


async def test_what_tuning_breaks_is_not_repaired():
    w = tunable(world(iterations=0))

    def breaks(given):
        is_other = "validation" in str(given.inputs) and 'SCORE = "0.5"' not in given.source
        return crashed("ValueError") if is_other else run_score(given)

    w.sandbox.outcome = breaks
    end = await w.run()
    assert (w.versions[2].status, w.versions[2].repairs) == ("failed", 0)
    assert end["best"]["version"] == 1


@pytest.mark.parametrize(
    "more", [{"tuning": 0}, {"scoring": None}, {"scoring": SCORING.model_copy(update={"target": 0.4})}]
)
async def test_it_is_not_tuned_where_that_is_not_wanted(more):
    w = tunable(world(iterations=0))
    w.task = task(iterations=0, **more)
    await w.run()
    assert len(w.archive.saved) == 1
    assert "fold1" not in w.bench.asked


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
