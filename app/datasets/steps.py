"""How regularly something was sampled, told from its times and without telling one of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

NAMES = frozenset({"t", "ts", "time", "times", "timestamp", "timestamps", "time_s", "time_ms", "datetime", "elapsed"})
EPOCHS = ((1e8, 1e11, 1.0), (1e11, 1e14, 1e3), (1e14, 1e17, 1e6), (1e17, 1e20, 1e9))
"""Since 1970, counted in s, ms, us and ns: the size of the numbers tells which."""
GAP = 5
"""So many times the usual step, or the mean one, is a gap."""
EVEN = 1.25
"""As much as mean and usual step may differ where the sampling is even."""


@dataclass(frozen=True)
class Steps:
    step: float
    """The median, as all steps in the unit of the times."""
    mean: float
    per_second: float | None
    """How many units of time a second has; none where that cannot be told."""
    gaps: int
    repeated: int
    backwards: int

    @property
    def even(self) -> bool:
        return 1 / EVEN < self.mean / self.step < EVEN

    @property
    def rate(self) -> float | None:
        """Samples a second, on average."""
        return self.per_second / self.mean if self.per_second else None


def is_time(name: str) -> bool:
    return name.strip().lower() in NAMES


def steps(times: Any, name: str = "") -> Steps | None:
    """Of a one-dimensional array of numbers; None where it holds too few, or no times."""
    values = np.asarray(times, dtype=np.float64)
    if values.ndim != 1 or len(values) < 3 or not np.isfinite(values).all():
        return None
    differences = np.diff(values)
    forward = differences[differences > 0]
    if not len(forward):
        return None
    step, mean = float(np.median(forward)), float(differences[differences >= 0].mean())
    return Steps(
        step=step,
        mean=mean,
        per_second=_per_second(float(np.median(values)), name),
        gaps=int((differences > GAP * max(step, mean)).sum()),
        repeated=int((differences == 0).sum()),
        backwards=int((differences < 0).sum()),
    )


def _per_second(middle: float, name: str) -> float | None:
    lower = name.strip().lower()
    for ending, count in (("_ms", 1e3), ("_us", 1e6), ("_ns", 1e9), ("_s", 1.0)):
        if lower.endswith(ending):
            return count
    return next((count for low, high, count in EPOCHS if low <= middle < high), None)


def told(found: list[Steps], name: str) -> str:
    """In words, for several files together; empty for none."""
    if not found:
        return ""
    rates = [one.rate for one in found if one.rate]
    if len(rates) < len(found):
        regular = f"mean step {_span([one.mean for one in found])}"
    elif all(one.even for one in found):
        regular = f"sampling rate {_span(rates)} Hz"
    else:
        regular = f"at an uneven pace, {_span(rates)} a second on average"
    counts = {"gaps": 0, "repeated times": 0, "times that go back": 0}
    for one in found:
        counts["gaps"] += one.gaps
        counts["repeated times"] += one.repeated
        counts["times that go back"] += one.backwards
    if not all(one.even for one in found):
        counts["gaps"] = 0
    faults = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"by '{name}': {regular}" + (f", {faults}" if faults else "")


def _span(numbers: list[float]) -> str:
    low, high = (f"{value:.4g}" for value in (min(numbers), max(numbers)))
    return low if low == high else f"{low} to {high}"
