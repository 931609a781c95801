"""Which candidate is best, and when to stop: decided by code, on validation, never by a model."""

import math
from collections.abc import Callable, Sequence

from graph.task import Scoring
from graph.values import Version

REPAIRS = 3
"""Repairs of one candidate, at most."""
CALLS_PER_IMPROVEMENT = 3
"""Model calls for one improvement, its repairs included, at most."""

PerUnit = Callable[[Version], dict[str, float]]


def repairs_allowed(iteration: int) -> int:
    return REPAIRS if iteration == 0 else min(REPAIRS, CALLS_PER_IMPROVEMENT - 1)


def value(version: Version, scoring: Scoring | None, *, measured: bool) -> float | None:
    """The number that a candidate is judged by: measured on validation, or its claim where nothing is."""
    if scoring is None or version.status != "ok":
        return None
    numbers = version.validation if measured else version.claim
    found = (numbers or {}).get(scoring.metric)
    return None if found is None or math.isnan(found) else found


def is_better(a: float, b: float, scoring: Scoring) -> bool:
    return a > b if scoring.direction == "maximize" else a < b


def reached_target(best: float | None, scoring: Scoring | None) -> bool:
    if best is None or scoring is None or scoring.target is None:
        return False
    return best >= scoring.target if scoring.direction == "maximize" else best <= scoring.target


def choose(
    versions: Sequence[Version], scoring: Scoring | None, per_unit: PerUnit, *, measured: bool
) -> Version | None:
    """The best candidate that ran: the simplest of those that cannot be told from the top one.

    Two candidates are told apart by the one-standard-error rule (Breiman et al., Classification and
    Regression Trees, 1984), on the differences of their scores unit by unit; the simpler one has fewer lines
    of code, then came earlier. Without any number the last candidate that ran is taken.
    """
    ran = [version for version in versions if version.status == "ok"]
    judged = [version for version in ran if value(version, scoring, measured=measured) is not None]
    if scoring is None or not judged:
        return ran[-1] if ran else None
    sign = 1 if scoring.direction == "maximize" else -1
    top = max(judged, key=lambda v: (sign * (value(v, scoring, measured=measured) or 0.0), -v.version))
    equals = [v for v in judged if v is top or not _worse(v, top, scoring, per_unit, measured=measured)]
    return min(equals, key=lambda v: (v.lines, v.version))


def _worse(version: Version, top: Version, scoring: Scoring, per_unit: PerUnit, *, measured: bool) -> bool:
    mine, best = (value(v, scoring, measured=measured) for v in (version, top))
    if mine == best:
        return False
    differences = _paired(per_unit(version), per_unit(top)) if measured else []
    if len(differences) < 2:
        return True
    mean = sum(differences) / len(differences)
    variance = sum((d - mean) ** 2 for d in differences) / (len(differences) - 1)
    sign = 1 if scoring.direction == "maximize" else -1
    return sign * mean > math.sqrt(variance / len(differences))


def _paired(a: dict[str, float], b: dict[str, float]) -> list[float]:
    return [b[unit] - a[unit] for unit in sorted(a.keys() & b.keys()) if not math.isnan(a[unit] + b[unit])]
