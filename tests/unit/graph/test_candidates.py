import pytest
from small_world import edit, fenced, program

from graph.candidates import changed, code_lines, diff, first_candidate, may_repair, usable_change, with_problem
from graph.errors import ReplyUnusable

OLD = program("0.5")
NEW = program("0.6")
UNCLOSED = "<<<<<<< SEARCH\na\n=======\nb\n"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(edit('SCORE = "0.5"', 'SCORE = "0.6"'), NEW, id="edits"),
        pytest.param(fenced(edit('SCORE = "0.5"', 'SCORE = "0.6"')), NEW, id="edits in a fence"),
        pytest.param(fenced(NEW), NEW, id="the whole program"),
        pytest.param(NEW, NEW, id="the whole program, bare"),
        pytest.param(fenced(NEW + "x = (\n"), NEW + "x = (\n", id="a whole program that does not parse"),
    ],
)
def test_changed(reply, expected):
    assert usable_change(reply) == reply
    assert changed(OLD, reply) == (expected, "")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        pytest.param(edit("not there", "x"), "found 0 times", id="edits that do not apply"),
        pytest.param(edit('SCORE = "0.5"', "x") + UNCLOSED, "has no end", id="one edit without an end"),
        pytest.param(UNCLOSED, "no SEARCH/REPLACE block", id="no end at all"),
        pytest.param(fenced(UNCLOSED), "no SEARCH/REPLACE block", id="no end, in a fence"),
        pytest.param(fenced("def load(path):\n    return 1\n"), "a part of the program", id="one function"),
        pytest.param(fenced("    return 1 +\n"), "a part of the program", id="some lines"),
        pytest.param(edit('SCORE = "0.5"', 'SCORE = "0.5"'), "as it was", id="an edit that changes nothing"),
        pytest.param(fenced(OLD), "as it was", id="the same program"),
    ],
)
def test_an_answer_that_does_not_fit_leaves_the_program_as_it_is(reply, why):
    assert usable_change(reply) == reply
    program, misfit = changed(OLD, reply)
    assert program == OLD
    assert why in misfit


@pytest.mark.parametrize("reply", ["", "I would filter first.", "```json\n{}\n```", "```\ndef f(:\n```"])
def test_neither_edits_nor_a_program(reply):
    with pytest.raises(ReplyUnusable):
        usable_change(reply)


@pytest.mark.parametrize(
    ("problem", "repairs", "iteration", "expected"),
    [
        ("", 0, 0, False),
        ("p", 0, 0, True),
        ("p", 2, 0, True),
        ("p", 3, 0, False),
        ("p", 1, 1, True),
        ("p", 2, 1, False),
    ],
)
def test_may_repair(problem, repairs, iteration, expected):
    assert may_repair({**first_candidate("s"), "problem": problem, "repairs": repairs}, iteration) is expected


def test_with_problem_changes_a_copy():
    one = first_candidate("s")
    assert with_problem(one, "p") == {**one, "problem": "p"}
    assert one["problem"] == ""


def test_diff():
    assert diff("a\nb\n", "a\nc\n") == "--- before\n+++ after\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    assert diff("a\n", "a\n") == ""
    assert diff("", "a\n") == ""


@pytest.mark.parametrize(
    ("source", "lines"), [("", 0), ("# a\n\n  # b\n", 0), ("a = 1  # c\n\nb = 2", 2), ('"""\nx\n"""', 3)]
)
def test_code_lines(source, lines):
    assert code_lines(source) == lines
