"""Which operator makes the next candidate, and from which program: the policies of the search."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
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


def spent_patience(search: Search, versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> bool:
    """Whether as many candidates in a row as the task allows have come after the leading one."""
    top = leading(versions, scoring, measured=measured)
    after = [v for v in versions if v.operator != "tune" and v.version > (top.version if top else 0)]
    return search.patience is not None and len(after) >= search.patience


@dataclass(frozen=True)
class Branch:
    """A draft with all that was made from it. Numbers are such that more is better."""

    best: Version
    reached: float
    gained: float
    """Since its draft."""
    calls: int
    """To the model, since its draft: improvements with their repairs."""

    @property
    def promise(self) -> float:
        """What it would reach with one more call, if that gained as much as those before."""
        return self.reached + (self.gained / self.calls if self.calls else 0.0)


def base(search: Search, versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> Version | None:
    """The program that is to be improved.

    `linear` takes the leading one. `tree` takes the best of the branch with the highest upper confidence bound (UCB1 of
    Auer, Cesa-Bianchi and Fischer, Machine Learning 47, 2002) on gain per call: what it promises, between 0 and 1 over
    the branches, and more for one that few calls went into.
    """
    if search.policy != "tree" or scoring is None:
        return leading(versions, scoring, measured=measured)
    found = branches(versions, scoring, measured=measured)
    promises = [branch.promise for branch in found]
    calls = sum(branch.calls for branch in found)

    def bound(branch: Branch) -> float:
        low, high = min(promises), max(promises)
        good = (branch.promise - low) / (high - low) if high > low else 1.0
        return good + CURIOSITY * math.sqrt(math.log(calls + 1) / (branch.calls + 1))

    return max(found, key=bound).best if found else leading(versions, scoring, measured=measured)


def branches(versions: Sequence[Version], scoring: Scoring, *, measured: bool) -> list[Branch]:
    """Those in which some program has a number, the oldest first."""
    sign, roots = 1 if scoring.direction == "maximize" else -1, root_of(versions)
    found = list[Branch]()
    for root in sorted(set(roots.values())):
        members = [version for version in versions if roots[version.version] == root]
        judged = ranked(members, scoring, measured=measured)
        if judged:
            numbers = {v.version: sign * (value(v, scoring, measured=measured) or 0.0) for v in judged}
            reached = numbers[judged[0].version]
            calls = sum(calls_for(version) for version in members if version.version != root)
            found.append(Branch(judged[0], reached, reached - numbers[min(numbers)], calls))
    return found


def calls_for(version: Version) -> int:
    """Asked of the model for it."""
    return 0 if version.operator == "tune" else 1 + version.repairs


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
