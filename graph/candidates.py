"""The steps in the life of the candidate at hand, as values."""

import difflib

from graph.edits import EditsDoNotApply, apply_edits, parse_edits
from graph.errors import ReplyUnusable
from graph.parse import blocks, parsing_python, python
from graph.policy import repairs_allowed
from graph.state import Candidate


def first_candidate(source: str) -> Candidate:
    return Candidate(
        version=1,
        parent=None,
        idea="the first program",
        source=source,
        repairs=0,
        problem="",
        wants_whole=False,
        execution=None,
    )


def with_problem(candidate: Candidate, problem: str) -> Candidate:
    return {**candidate, "problem": problem}


def may_repair(candidate: Candidate, iteration: int) -> bool:
    return bool(candidate["problem"]) and candidate["repairs"] < repairs_allowed(iteration)


def changed(source: str, reply: str) -> tuple[str, str]:
    """The program after the model's reply (edits, or a whole file), and why the edits did not apply, if so.

    Raises ReplyUnusable when the reply holds neither.
    """
    try:
        edits = parse_edits(reply)
    except ReplyUnusable:
        return python(reply), ""
    try:
        return apply_edits(source, edits), ""
    except EditsDoNotApply as error:
        return source, str(error)


def usable_change(reply: str) -> str:
    """The reply, when it holds edits or a whole program."""
    if blocks(reply, "python", "py", "python3"):
        return reply
    try:
        parse_edits(reply)
    except ReplyUnusable:
        parsing_python(reply)
    return reply


def diff(old: str, new: str) -> str:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "before", "after", lineterm="")
    return "\n".join(lines) + "\n" if old else ""


def code_lines(source: str) -> int:
    return sum(1 for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#"))
