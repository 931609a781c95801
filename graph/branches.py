"""Which operator makes the next candidate, and from which program: the policies of the search."""

import math
from collections.abc import Sequence
from typing import Literal

from graph.policy import leading, ranked, value
from graph.task import Scoring, Search
from graph.values import Version

Following = Literal["draft", "improve", "merge"]

PLATEAU = 3
"""Improvements in a row that bring nothing: then another draft is worth more."""
CURIOSITY = 0.5
"""The weight of what is not known yet of a branch against what it has reached."""


def following(
    search: Search, versions: Sequence[Version], scoring: Scoring | None, left: int, *, measured: bool
) -> Following:
    """The operator of the next candidate, which is one of `left` that may still come."""
    if search.policy == "linear" or (search.policy == "tree" and scoring is None):
        return "improve"
    drafts = sum(version.operator == "draft" for version in versions)
    few = search.policy == "sample" or drafts < search.drafts
    if not few and left == 1 and rival(versions, scoring, measured=measured):
        return "merge"
    return "draft" if few or is_plateau(versions, scoring, measured=measured) else "improve"


def is_plateau(versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> bool:
    """Whether the last few candidates are improvements of which none leads."""
    last = [version for version in versions if version.operator != "tune"][-PLATEAU:]
    top = leading(versions, scoring, measured=measured)
    all_improve = len(last) == PLATEAU and all(version.operator == "improve" for version in last)
    return all_improve and not (top and top.version >= last[0].version)


def base(search: Search, versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> Version | None:
    """The program that is to be improved.

    `linear` takes the leading one. `tree` takes the best of the branch with the highest upper confidence bound (UCB1 of
    Auer, Cesa-Bianchi and Fischer, Machine Learning 47, 2002): what a draft with all that was made from it has reached,
    between 0 and 1 over the branches, and more for one that was seldom tried.
    """
    top = leading(versions, scoring, measured=measured)
    judged = ranked(versions, scoring, measured=measured)
    if search.policy != "tree" or scoring is None or not judged:
        return top
    sign = 1 if scoring.direction == "maximize" else -1
    roots = root_of(versions)
    bests = {roots[version.version]: version for version in reversed(judged)}
    reached = {root: sign * (value(best, scoring, measured=measured) or 0.0) for root, best in bests.items()}
    tried = {root: sum(other == root for other in roots.values()) - 1 for root in bests}
    low, high = min(reached.values()), max(reached.values())
    total = sum(tried.values())

    def bound(root: int) -> float:
        good = (reached[root] - low) / (high - low) if high > low else 1.0
        return good + CURIOSITY * math.sqrt(math.log(total + 1) / (tried[root] + 1))

    return bests[max(bests, key=lambda root: (bound(root), -root))]


def rival(versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> Version | None:
    """The best that goes back to another draft than the leading one does: what that may be merged with."""
    judged = ranked(versions, scoring, measured=measured)
    roots = root_of(versions)
    return next((v for v in judged[1:] if roots[v.version] != roots[judged[0].version]), None)


def root_of(versions: Sequence[Version]) -> dict[int, int]:
    """Of each version the draft that it goes back to."""
    roots: dict[int, int] = {}
    for version in sorted(versions, key=lambda v: v.version):
        roots[version.version] = roots.get(version.parent or 0, version.version)
    return roots


def best_draft(versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> Version | None:
    """What the drafts alone would have given."""
    return leading([v for v in versions if v.operator == "draft"], scoring, measured=measured)
