"""How far a run has come: what was asked and archived before one of its checkpoints, and what comes after it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Position = tuple[float, int, int]
"""Iteration, place within it, repair: they sort as a run goes."""

RANKS = {
    "terms": 0,
    "outline": 1,
    "design": 2,
    "write_module": 3,
    "write_program": 3,
    "write_draft": 3,
    "integrate": 4,
    "draft": 4,
    "improve": 4,
    "debug": 5,
}
AT_ONE_CANDIDATE = frozenset({"check", "execute", "run_draft", "debug", "evaluate"})
EVALUATED = 6
FOUND: Position = (0, 0, 1)
"""Documents and vectors: named by what was looked up, so that they are right for whoever asks the same."""
DOCUMENT: Position = (math.inf, 0, 0)
"""Asked once at the end, as is `simplify`, however many iterations there were."""
END: Position = (math.inf, 1, 0)
LAST = frozenset({"simplify", "select", "verify", "document"})


def is_first(following: Sequence[str]) -> bool:
    """Nothing has been done yet."""
    return set(following) <= {"__start__", "terms"} and bool(following)


def may_improve(following: Sequence[str], state: Mapping[str, Any]) -> bool:
    """Whether a further candidate may be asked for after it."""
    return bool(following) and not LAST & set(following) and not state.get("stopped_by")


def of_checkpoint(following: Sequence[str], state: Mapping[str, Any]) -> Position:
    """Of the first thing that comes after it; `following` are the nodes that are next."""
    if not following:
        return END
    node, iteration = following[0], int(state.get("iteration") or 0)
    if is_first(following):
        return (0, 0, 0)
    if node == "search":
        return FOUND
    if node in AT_ONE_CANDIDATE:
        return (iteration, RANKS["debug"], state["candidate"]["repairs"] + 1)
    if node in RANKS and node not in ("draft", "improve"):
        return (0, RANKS[node], 0)
    return (iteration + 1, 0, 0)


def of_call(kind: str, node: str, iteration: int, item: str) -> Position:
    if kind != "chat" or node == "search":
        return FOUND
    if node not in RANKS:
        return DOCUMENT
    return (iteration, RANKS[node], int(item.partition("+")[0]) if node == "debug" else 0)


def of_version(number: int) -> Position:
    """Of the moment when it is archived."""
    return (number - 1, EVALUATED, 0)
