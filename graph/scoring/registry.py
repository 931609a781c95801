"""Which scorer a task names."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.errors import ScorerRefused
from graph.scoring.base import Kind, Scorer
from graph.scoring.classification import Classification
from graph.scoring.custom import CustomScorer
from graph.scoring.r_peaks import RPeaks
from graph.scoring.regression import Regression
from graph.task import is_own
from graph.values import Direction
from sandbox.base import Sandbox
from sandbox.limits import Limits

OPENERS: dict[str, tuple[Kind, Callable[[float], Scorer]]] = {
    "r_peaks": ("samples", RPeaks),
    "classification": ("labels", lambda _: Classification()),
    "regression": ("values", lambda _: Regression()),
}


def open_scorer(
    name: str,
    *,
    tolerance_ms: float,
    base: Path,
    sandbox: Sandbox,
    limits: Limits,
    kind: Kind,
    metric: str = "",
) -> Scorer:
    """The scorer called `name`, or the one in the Python file of that name, relative to `base`.

    `tolerance_ms` is for `r_peaks`; `sandbox`, `limits` and `metric` (which it must then measure each time)
    are for a file.

    Raises ScorerRefused: there is no such scorer, or it does not fit labels of this `kind`.
    """
    if is_own(name):
        return CustomScorer(_source(name, base), sandbox=sandbox, limits=limits, kind=kind, name=name, metric=metric)
    if name not in OPENERS:
        raise ScorerRefused(f"there is no scorer {name!r}: choose {', '.join(OPENERS)} or a Python file (scorer.py)")
    needed, opener = OPENERS[name]
    if needed != kind:
        fitting = next(other for other, (fits, _) in OPENERS.items() if fits == kind)
        raise ScorerRefused(
            f"scorer {name} compares {needed}, the labels of this task are {kind}: choose {fitting} or a Python file"
        )
    if not 0 < tolerance_ms < math.inf:
        raise ScorerRefused(f"tolerance_ms is {tolerance_ms}: choose a time in ms above 0, such as 100")
    return opener(tolerance_ms)


def check_metric(scorer: Scorer, metric: str, direction: Direction) -> None:
    """Raises ScorerRefused where `scorer` does not measure `metric`, or better is the other `direction`.

    What a scorer of the user's own measures shows when it runs, in the self-test.
    """
    known: dict[str, Any] = dict(scorer.metrics)
    if known and metric not in known:
        raise ScorerRefused(f"scorer {scorer.name} does not measure {metric!r}: choose {', '.join(known)}")
    if known and known[metric] != direction:
        raise ScorerRefused(f"metric {metric} of scorer {scorer.name} is to {known[metric]}, not to {direction}")


def _source(name: str, base: Path) -> str:
    try:
        return (base / name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ScorerRefused(f"scorer {name!r} in {str(base)!r} cannot be read: {reason}") from None
