"""The whole state machine, in memory: a first program, its repairs, its improvements."""

from fakes.bench import ScriptedBench
from small_world import edit, fenced, program, run_score, to, world

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
