"""Whether one candidate is better than another, or whether they differ by no more than chance."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import isnan
from typing import Any, Literal

from graph.values import Direction

Verdict = Literal["better", "worse", "not distinguishable"]

LEVEL = 0.90
"""Of the interval: with a true difference of zero, one in twenty is called better."""
FEWEST = 5
"""Units by which candidates are told apart: all of four have the same sign by chance once in eight times."""
RESAMPLES = 9999
SEED = 20250915


@dataclass(frozen=True)
class Comparison:
    verdict: Verdict
    gain: float
    """By how much it is better, on the average over units; negative where it is worse."""
    low: float
    """Where the interval of the gain begins."""
    high: float
    units: int

    def words(self, other: str) -> str:
        """Such as `better than version 2`."""
        return f"{self.verdict} {'from' if self.verdict == 'not distinguishable' else 'than'} {other}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def compare(mine: Mapping[str, float], other: Mapping[str, float], direction: Direction) -> Comparison | None:
    """Compare two candidates by their scores on the same units; None where they have fewer than two in common.

    Paired bootstrap over units (Efron and Tibshirani, An Introduction to the Bootstrap, 1993): the differences, unit by
    unit, are drawn again with replacement, and the interval of their mean says what can be told: nothing by fewer than
    `FEWEST`. Units count alike, and one whose score is not defined for either does not count. The draws are seeded.
    """
    differences = gains(mine, other, direction)
    if len(differences) < 2:
        return None
    low, high = interval(differences)
    told = verdict(low, high) if len(differences) >= FEWEST else "not distinguishable"
    return Comparison(told, sum(differences) / len(differences), low, high, len(differences))


def gains(mine: Mapping[str, float], other: Mapping[str, float], direction: Direction) -> tuple[float, ...]:
    """By how much `mine` is better, unit by unit; a unit whose score is not defined for either is left out."""
    sign = 1 if direction == "maximize" else -1
    shared = [unit for unit in sorted(mine.keys() & other.keys()) if not isnan(mine[unit] + other[unit])]
    return tuple(sign * (mine[unit] - other[unit]) for unit in shared)


def verdict(low: float, high: float) -> Verdict:
    """Of an interval of gains."""
    if low > 0:
        return "better"
    return "worse" if high < 0 else "not distinguishable"


@lru_cache(maxsize=4096)
def interval(differences: tuple[float, ...]) -> tuple[float, float]:
    """In which their mean lies, with `LEVEL`.

    Percentiles of the bootstrap are too narrow for few values; these are the expanded ones of Hesterberg (What Teachers
    Should Know About the Bootstrap, The American Statistician 69, 2015), as wide as those of Student's t.
    """
    # Slow to import, and only here.
    import numpy as np  # noqa: PLC0415
    from scipy.stats import bootstrap, norm, t  # noqa: PLC0415

    count = len(differences)
    tail = float(norm.cdf(t.ppf((1 - LEVEL) / 2, count - 1) * (count / (count - 1)) ** 0.5))
    found: Any = bootstrap(
        (differences,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=1 - 2 * tail,
        method="percentile",
        # The draws of many units at once would fill the memory.
        batch=max(1, 1_000_000 // count),
        rng=np.random.default_rng(SEED),
    )
    # Rounding in the mean of equal differences must not tell apart what is the same.
    low, high = (float(round(end, 12)) for end in found.confidence_interval)
    return low, high
