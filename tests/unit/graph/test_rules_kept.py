"""What a person says that code can check, in a whole run."""

from dataclasses import replace

from langgraph.types import Command
from small_world import MODULE, edit, fenced, run_score, task, to, world

SCIPY = "from scipy.signal import butter\n\n\n"
LEARNED = {("write_module", 0, "load"): fenced(SCIPY + MODULE)}
WITHOUT = edit("from scipy.signal import butter\n", "")


def go(instruction: str = "") -> Command[object]:
    return Command(resume={"action": "go", "instruction": instruction})


async def test_a_program_that_breaks_what_was_said_since_cannot_win():
    better = "IDEA: less\n" + WITHOUT + to("0.5", "0.4")
    w = world({**LEARNED, ("improve", 1, ""): better}, iterations=1, asks_person=True)
    await w.run()
    end = await w.run(go("Mind s17. Only numpy."))
    assert end["best"] == {"version": 2, "value": 0.4}, "though it has the lower score"
    assert "It fails: it imports scipy; a person said: Only numpy" in w.chat.prompt("improve", 1)


async def test_a_sentence_that_is_merely_like_a_rule_fails_nothing():
    worse = "IDEA: less\n" + WITHOUT + to("0.5", "0.4")
    w = world({**LEARNED, ("improve", 1, ""): worse}, iterations=1, asks_person=True)
    await w.run()
    end = await w.run(go("Only numpy would be nice."))
    assert end["best"] == {"version": 1, "value": 0.5}


async def test_a_rule_holds_for_all_that_comes_after_it():
    more = {
        ("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.6"),
        ("improve", 2, ""): "IDEA: filter\n"
        + edit("import argparse\n", "import argparse\nimport scipy\n")
        + to("0.6", "0.9"),
        ("debug", 2, "1"): edit("import scipy\n", ""),
    }
    w = world(more, iterations=2, asks_person=True)
    await w.run()
    await w.run(go("Never use scipy."))
    end = await w.run(go())
    assert end["best"] == {"version": 3, "value": 0.9}
    assert "it imports scipy; a person said: Never use scipy" in w.chat.prompt("debug", 2, "1")
    assert "Said before, and still to be kept to: Never use scipy" in w.chat.prompt("improve", 2)
    assert "Said before" not in w.chat.prompt("improve", 1), "it is told in the person's own words"


async def test_the_remarks_of_the_task_hold_from_the_first_program_on():
    w = world()
    w.task = task(iterations=0, remarks="Use Pan-Tompkins.")
    w.chat.script[("debug", 0, "1")] = edit("import argparse\n", "import argparse\n\nMETHOD = 'Pan-Tompkins'\n")
    end = await w.run()
    assert end["best"]["version"] == 1
    assert "nothing in it is called Pan-Tompkins" in w.chat.prompt("debug", 0, "1")


async def test_what_is_measured_counts_too():
    w = world({("debug", 0, "1"): to("0.5", "0.4")})
    w.task = task(iterations=0, remarks="At most 60 MB.")

    def outcome(given):
        result = run_score(given)
        return replace(result, peak_memory_mb=80.0) if 'SCORE = "0.5"' in given.source else result

    w.sandbox.outcome = outcome
    end = await w.run()
    assert end["best"] == {"version": 1, "value": 0.4}
    assert "It ran, but it took 80 MiB of memory; a person said: At most 60 MB" in w.chat.prompt("debug", 0, "1")


async def test_where_no_program_keeps_to_what_was_said_the_best_is_handed_over():
    w = world({**LEARNED, ("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.6")}, iterations=1, asks_person=True)
    w.chat.script |= {("debug", 1, str(n)): edit("not there", "x") for n in (1, 2)}
    await w.run()
    end = await w.run(go("Only numpy."))
    assert end["best"] == {"version": 1, "value": 0.5}
    assert w.versions[2].status == "failed"
