"""Numbers for a person: what is missing is a dash, what is not defined says so, nothing is made up."""

import math
from collections.abc import Mapping
from typing import TypeGuard

MISSING = "–"

Numbers = Mapping[str, float | None]


def shown(value: float | None) -> str:
    """Four digits; None stands for NaN, which JSON does not have."""
    if value is None or math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if 1000 <= abs(value) < 1e9:
        return f"{value:,.1f}".removesuffix(".0")
    text = f"{value:.4g}"
    # 0.99996 is not perfect.
    return f"{value:.8g}" if float(text) == 1 != value else text


def entry(numbers: Numbers | None, name: str) -> str:
    return shown(numbers[name]) if numbers and name in numbers else MISSING


def difference(value: float | None, reference: float | None) -> str:
    """How far `value` is from `reference`, signed; empty where one of them is missing or not defined."""
    if not is_finite(value) or not is_finite(reference):
        return ""
    return "±0" if shown(value) == shown(reference) else signed(value - reference)


def signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{shown(abs(value))}" if value else "±0"


def is_finite(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def listed(numbers: Numbers) -> str:
    return ", ".join(f"{name} {shown(value)}" for name, value in numbers.items())


def count(value: int | None) -> str:
    return MISSING if value is None else f"{value:,}"


def size(value: int | None) -> str:
    """Bytes, in units of a thousand."""
    if value is None:
        return MISSING
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= factor:
            return f"{value / factor:.3g} {unit}"
    return f"{value} B"


def duration(seconds: float | None) -> str:
    if seconds is None:
        return MISSING
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def unless_zero(value: float, digits: int = 1) -> str:
    """Zero stands for not known: a candidate that was never run."""
    return f"{value:,.{digits}f}" if value else MISSING
