"""The steps in the life of the candidate at hand, as values."""

import difflib
from collections.abc import Callable, Iterable

from graph.edits import EditsDoNotApply, apply_edits, has_edits, parse_edits
from graph.errors import ReplyUnusable
from graph.parse import PYTHON, blocks, functions, parsing_python, python
from graph.policy import repairs_allowed
from graph.state import Candidate
from graph.syntax import essence, tree
from graph.values import Version


def first_candidate(source: str) -> Candidate:
    return new_candidate(1, None, "the first program", source, "draft")


def new_candidate(
    version: int, parent: int | None, idea: str, source: str, operator: str, problem: str = ""
) -> Candidate:
    """One that was not run yet. `source` and `problem` are references; with a problem it is to be written whole."""
    return Candidate(
        version=version,
        parent=parent,
        idea=idea,
        source=source,
        repairs=0,
        problem=problem,
        wants_whole=bool(problem),
        execution=None,
        operator=operator,
    )


def nothing(version: int, parent: int | None, source: str, operator: str, problem: str) -> Candidate:
    """What is there where the model gave no answer of any use: it counts as one that failed, and the run goes on."""
    return {**new_candidate(version, parent, "no answer of any use", source, operator, problem), "given_up": True}


def with_problem(candidate: Candidate, problem: str) -> Candidate:
    return {**candidate, "problem": problem}


def ran_before(candidate: Candidate) -> str:
    """Reference of how it ran before its turn; empty where it did not, or was repaired since."""
    return "" if candidate["repairs"] else candidate.get("ahead", "")


def may_repair(candidate: Candidate, iteration: int) -> bool:
    if candidate.get("given_up"):
        return False
    return bool(candidate["problem"]) and candidate["repairs"] < repairs_allowed(iteration)


def twin(source: str, versions: Iterable[Version], text: Callable[[str], str]) -> Version | None:
    """The first of those that differ from the program by no more than comments, docstrings and layout."""
    mine = essence(source)
    return next((v for v in versions if v.source and essence(text(v.source)) == mine), None) if mine else None


def changed(source: str, reply: str) -> tuple[str, str]:
    """The program after the model's reply (edits, or a whole file), and why it was left as it is, if so.

    Raises ReplyUnusable when the reply holds neither.
    """
    if not has_edits(reply):
        program = python(reply)
        if _is_part(program):
            return source, "it is only a part of the program"
    else:
        try:
            program = apply_edits(source, parse_edits(reply))
        except (EditsDoNotApply, ReplyUnusable) as error:
            return source, str(error)
    return program, "" if program != source else "it leaves the program as it was"


def usable_change(reply: str) -> str:
    """The reply, when it holds edits or a program; whether they fit is for `changed` to see."""
    if not has_edits(reply) and not blocks(reply, *PYTHON):
        parsing_python(reply)
    return reply


def not_fitting(misfit: str, reply: str) -> str:
    """What the next repair is told about an answer that could not be used: the work in it must not be lost."""
    return f"The last answer: {misfit}\n\nIt was:\n\n{reply.strip()}"


def diff(old: str, new: str) -> str:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "before", "after", lineterm="")
    return "".join(f"{line}\n" for line in lines) if old else ""


def code_lines(source: str) -> int:
    return sum(1 for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def _is_part(program: str) -> bool:
    """Without `main` it is a function or a few lines; taken for the program it would replace all the others."""
    try:
        tree(program)
    except SyntaxError:
        return "def main(" not in program
    return "main" not in functions(program)
