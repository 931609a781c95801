"""`scores.json`, what a scorer of the user's own writes.

{"metrics": {"f1": 0.97}, "units": {"100": {"f1": 0.99}}}, where `units` may be left out.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

from graph.scoring.lines import quote
from graph.values import Measurement

FILE = "scores.json"
MAX_BYTES = 1024 * 1024


def read(data: bytes | None, units: Sequence[str]) -> Measurement:
    """The measurement in `data`, the bytes of the file, or None where there is no file.

    Raises ValueError, with one line, for anything but finite numbers under unique names.
    """
    if data is None:
        raise ValueError(f"it wrote no {FILE}")
    found = _object(_decode(data), FILE)
    if unknown := sorted(set(found) - {"metrics", "units"}):
        raise ValueError(f"{FILE} has {quote(unknown[0])}; it may have 'metrics' and 'units'")
    metrics = _numbers(found.get("metrics"), "metrics")
    if not metrics:
        raise ValueError(f"metrics in {FILE} is empty")
    per_unit = _object(found.get("units", {}), "units")
    if strange := [unit for unit in per_unit if unit not in units]:
        raise ValueError(f"{FILE} has the unit {quote(strange[0])}, which is not in truth.csv or units.csv")
    return Measurement(metrics, {unit: _numbers(value, "a unit") for unit, value in per_unit.items()})


def _decode(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise ValueError(f"{FILE} is over 1 MiB")
    try:
        return json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise ValueError(f"{FILE} is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{FILE} is no strict JSON: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{quote(next(name for name in names if names.count(name) > 1))} is there twice")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} has to be an object" if what == FILE else f"{what} in {FILE} has to be an object")
    return value  # pyright: ignore[reportUnknownVariableType]


def _numbers(value: Any, what: str) -> dict[str, float]:
    return {_name(name): _number(number, name) for name, number in _object(value, what).items()}


def _name(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > 60:
        raise ValueError(f"{FILE} has {quote(name)}, which is no name for a metric")
    return name


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} in {FILE} is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} in {FILE} is not finite")
    return number
