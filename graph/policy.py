"""Which candidate is best, and when to stop: decided by code, on validation, never by a model."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import mean, stdev

from graph.comparison import gains
from graph.task import Scoring
from graph.values import Version

REPAIRS = 3
"""Repairs of one candidate, at most."""
CALLS_PER_IMPROVEMENT = 3
"""Model calls for one improvement, its repairs included, at most."""

TUNED_AT_THE_END = frozenset({"iterations", "ideas", "plateau", "budget"})
SIMPLIFIED_AT_THE_END = frozenset({"iterations", "ideas", "plateau", "target"})

PerUnit = Callable[[Version], dict[str, float]]


def repairs_allowed(iteration: int) -> int:
    return REPAIRS if iteration == 0 else min(REPAIRS, CALLS_PER_IMPROVEMENT - 1)


def tunes_next(iteration: int, stopped_by: str, tuned: Sequence[str]) -> bool:
    """The first program, before any improvement stands on it, and the best at the end, whatever comes of it."""
    return stopped_by in TUNED_AT_THE_END or (not stopped_by and iteration == 0 and not tuned)


def simplifies_next(stopped_by: str, *, done: bool) -> bool:
    """Once, before the choice; not where a person stopped it, or there is nothing left to ask with."""
    return not done and stopped_by in SIMPLIFIED_AT_THE_END


def value(version: Version, scoring: Scoring | None, *, measured: bool) -> float | None:
    """The number that a candidate is judged by: measured on validation, or its claim where nothing is."""
    if scoring is None or version.status != "ok":
        return None
    numbers = version.validation if measured else version.claim
    found = (numbers or {}).get(scoring.metric)
    return None if found is None or math.isnan(found) else found


def is_better(a: float, b: float, scoring: Scoring) -> bool:
    return a > b if scoring.direction == "maximize" else a < b


def leads(metrics: Mapping[str, float], versions: Sequence[Version], scoring: Scoring | None) -> bool:
    """Whether something measured like this would be ahead of all of them."""
    mine = metrics.get(scoring.metric, math.nan) if scoring else math.nan
    if scoring is None or math.isnan(mine):
        return False
    top = leading(versions, scoring, measured=True)
    best = value(top, scoring, measured=True) if top else None
    return best is None or is_better(mine, best, scoring)


def reached_target(best: float | None, scoring: Scoring | None) -> bool:
    if best is None or scoring is None or scoring.target is None:
        return False
    return best >= scoring.target if scoring.direction == "maximize" else best <= scoring.target


def ranked(versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> list[Version]:
    """Those that ran and have a number, the best first, of equals the earlier."""
    judged = [version for version in versions if value(version, scoring, measured=measured) is not None]
    if scoring is None:
        return []
    sign = -1 if scoring.direction == "maximize" else 1
    return sorted(judged, key=lambda v: (sign * (value(v, scoring, measured=measured) or 0.0), v.version))


def leading(versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> Version | None:
    """The one to go on from: with the best number, whether or not chance made it so.

    Small gains add up this way, each of them too small to be told from chance. Without any number the last that ran.
    """
    ran = [version for version in versions if version.status == "ok"]
    return next(iter(ranked(versions, scoring, measured=measured) or reversed(ran)), None)


def choose(
    versions: Sequence[Version], scoring: Scoring | None, per_unit: PerUnit, *, measured: bool
) -> Version | None:
    """The best candidate that ran: the simplest of those that the leading one is ahead of by no more than the noise.

    That is one standard error (the rule of Breiman et al., Classification and Regression Trees, 1984) of the mean of
    their differences, unit by unit. The simpler one has fewer lines of code, then came earlier; the same program
    written more simply takes its place, where it is as good on each unit. One that reaches the target is never left for
    one that does not. Without any number the last candidate that ran is taken.
    """
    judged = ranked(versions, scoring, measured=measured)
    if scoring is None or not judged:
        return leading(versions, scoring, measured=measured)
    top, *others = judged
    equals = [top, *(v for v in others if not _worse(v, top, scoring, per_unit, measured=measured))]
    enough = [v for v in equals if reached_target(value(v, scoring, measured=measured), scoring)]
    equals = enough or equals
    chosen = min(equals, key=lambda v: (v.operator == "simplify", v.lines, v.version))
    simpler = [v for v in judged if _is_simpler(v, chosen)]
    return next((v for v in simpler if _as_good(v, chosen, scoring, per_unit, measured=measured)), chosen)


def _is_simpler(version: Version, other: Version) -> bool:
    """Whether it is the other one written more simply, and has fewer smells indeed."""
    mine, theirs = version.quality or {}, other.quality or {}
    fewer = mine.get("smells", 0) < theirs.get("smells", 0)
    return version.operator == "simplify" and version.parent == other.version and fewer


def _as_good(version: Version, other: Version, scoring: Scoring, per_unit: PerUnit, *, measured: bool) -> bool:
    """As good on the whole and on each unit: what is only written in another way does the same."""
    mine, theirs = (value(v, scoring, measured=measured) or 0.0 for v in (version, other))
    lead = gains(per_unit(version), per_unit(other), scoring.direction) if measured else ()
    return not is_better(theirs, mine, scoring) and all(gain >= 0 for gain in lead)


def _worse(version: Version, top: Version, scoring: Scoring, per_unit: PerUnit, *, measured: bool) -> bool:
    if value(version, scoring, measured=measured) == value(top, scoring, measured=measured):
        return False
    lead = gains(per_unit(top), per_unit(version), scoring.direction) if measured else ()
    # Where there is no error to estimate, the numbers over all units decide. Ahead on one unit alone is just one
    # error: rounding must not make more of it.
    return len(lead) < 2 or mean(lead) > (1 + 1e-9) * stdev(lead) / math.sqrt(len(lead))
