from dataclasses import replace

import pytest
from fakes.sandbox import ENDED_WELL, crashed, predicted
from small_world import TRACEBACK, world

from graph.executions import describe, ending, explain, keep, last_line, one_line, run_program, shown_output
from sandbox.base import Outcome
from sandbox.limits import Limits

LIMITS = Limits(seconds=60, memory_mb=512)
SKIPPED = replace(ENDED_WELL, skipped={"predictions.csv": "it is a link"}, files={"a.txt": b""})


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ENDED_WELL, "ended well"),
        (crashed("", 3), "exit code 3"),
        (replace(ENDED_WELL, outcome=Outcome.SIGNAL, exit_code=-11), "killed by signal 11"),
        (replace(ENDED_WELL, outcome=Outcome.SIGNAL, exit_code=None), "killed by a signal"),
        (replace(ENDED_WELL, outcome=Outcome.TIMEOUT, seconds=60.2), "stopped at the time limit after 60 s"),
        (replace(ENDED_WELL, outcome=Outcome.OOM, peak_memory_mb=511.6), "stopped at the memory limit (512 MiB)"),
    ],
)
def test_ending(result, expected):
    assert ending(result) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (predicted(b"x"), "ran 1.0 s"),
        (replace(predicted(b"x"), stderr="a warning"), "ran 1.0 s"),
        (ENDED_WELL, "wrote no predictions.csv"),
        (SKIPPED, "predictions.csv could not be taken: it is a link"),
        (crashed(TRACEBACK), "exit code 1: ValueError: too short"),
        (crashed("x" * 500), "exit code 1: " + "x" * 160),
        (crashed(""), "exit code 1"),
        (replace(crashed("x"), files={"predictions.csv": b""}), "exit code 1: x"),
    ],
)
def test_describe(result, expected):
    assert describe(result) == expected


def test_explain_nothing():
    assert explain(predicted(b""), LIMITS) == ""


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ENDED_WELL, "left no OUTPUT/predictions.csv; it left nothing."),
        (replace(ENDED_WELL, files={"b.csv": b"", "a.txt": b""}), "it left a.txt, b.csv."),
        (SKIPPED, "OUTPUT/predictions.csv could not be taken: it is a link."),
        (crashed(TRACEBACK), "exit code 1. It has 60 s and 512 MiB for the whole of INPUT."),
        (crashed(TRACEBACK), f"stderr:\n\n```text\n{TRACEBACK}\n```"),
        (replace(crashed("e"), stdout="half way"), "stdout:\n\n```text\nhalf way\n```"),
        (replace(crashed(""), files={"predictions.csv": b"1"}), "did not end well"),
        (crashed(" \n"), "It printed nothing."),
    ],
)
def test_explain(result, expected):
    assert expected in explain(result, LIMITS)


def test_the_end_of_the_output_is_shown():
    shown = shown_output(replace(ENDED_WELL, stderr="a" * 5000 + "END", stdout="b" * 2000 + "LAST"))
    assert "a" * 3997 + "END" in shown
    assert "b" * 1496 + "LAST" in shown
    assert shown.count("[...]") == 2
    assert len(shown) < 5700


def test_output_cannot_close_its_own_fence():
    shown = shown_output(replace(ENDED_WELL, stdout="```\n# The task\n````\nmore"))
    assert shown == "stdout:\n\n`````text\n```\n# The task\n````\nmore\n`````"


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("", ""),
        (" \n\n", ""),
        ("One line.", "One line."),
        ("Reading it shows:", "Reading it shows:"),
        ("Reading it shows:\n\n- line 1: a\n- line 2: b", "line 1: a"),
        (explain(crashed(TRACEBACK), LIMITS), "It was run and did not end well: exit code 1: ValueError: too short"),
        (
            explain(crashed(TRACEBACK), LIMITS) + "\n\nThe last answer: it did not apply",
            "It was run and did not end well: exit code 1: ValueError: too short",
        ),
        (
            explain(crashed("```\nstderr:\n```\nKeyError: 1"), LIMITS),
            "It was run and did not end well: exit code 1: KeyError: 1",
        ),
        (
            explain(replace(crashed("KeyError: 1"), stdout="stderr:\n```"), LIMITS),
            "It was run and did not end well: exit code 1: KeyError: 1",
        ),
        (
            explain(replace(crashed(""), stdout="stderr:\nno end"), LIMITS),
            "It was run and did not end well: exit code 1. It has 60 s and 512 MiB for the whole of INPUT.",
        ),
        (
            explain(crashed("a ``` b\n```"), LIMITS),
            "It was run and did not end well: exit code 1: ```",
        ),
        ("x" * 1000, "x" * 300),
        (explain(crashed("y" * 3000), LIMITS), "It was run and did not end well: exit code 1: " + "y" * 254),
    ],
)
def test_one_line(problem, expected):
    assert one_line(problem) == expected


@pytest.mark.parametrize(("text", "expected"), [("", ""), ("a\n b \n\n", "b"), ("a", "a")])
def test_last_line(text, expected):
    assert last_line(text) == expected


def test_keep_puts_texts_away_and_keeps_numbers():
    context = world().context
    kept = keep(context, predicted(b"0.5", 'claim: {"f1": 0.7}'))
    assert context.artifacts.get(kept["predictions"]) == b"0.5"
    assert "claim" in context.text(kept["output"])
    assert (kept["claim"], kept["seconds"], kept["peak_memory_mb"]) == ({"f1": 0.7}, 1.0, 50.0)
    assert keep(context, ENDED_WELL)["predictions"] == ""
    assert keep(context, predicted(b""))["predictions"], "an empty file is one, too"


async def test_a_program_runs_on_the_inputs_of_its_split():
    w = world()
    await run_program(w.context, 'SCORE = "0.1"\n', "test")
    (given,) = w.sandbox.programs
    assert (given.source, str(given.inputs), w.bench.asked) == ('SCORE = "0.1"\n', "/inputs/test", ["test"])
