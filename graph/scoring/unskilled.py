"""Predictions that need no skill, made from the truth, to see what a metric gives for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from graph.scoring.base import Truth
from graph.scoring.lines import quote

PERIOD_S = 0.2
TRIES = 10


@dataclass(frozen=True)
class Unskilled:
    what: str
    """A phrase that can be followed by "gets f1 0.3"."""
    frame: Any
    """Rows as in the truth."""


def unskilled(truth: Truth) -> list[Unskilled]:
    """All of them that can be formed; the empty one always can."""
    frame: Any = truth.frame
    make = _peaks if truth.kind == "samples" else _answers
    return [*make(truth), Unskilled("answering nothing", frame.iloc[:0])]


def _peaks(truth: Truth) -> Iterator[Unskilled]:
    frame: Any = truth.frame
    timed = [unit for unit in truth.units if unit in truth.rates and truth.lengths.get(unit)]
    if timed:
        yield Unskilled("a row every 200 ms", _samples({unit: _every(truth, unit) for unit in timed}))
    if len(frame) > 1:
        yield Unskilled("giving every tenth true row only", frame.iloc[::10])
    between = {unit: _between(part) for unit, part in _groups(frame)}
    if any(map(len, between.values())):
        yield Unskilled("the right number of rows, each midway between two true ones", _samples(between))
    if timed:
        middle = {unit: np.array([truth.lengths[unit] // 2]) for unit in timed}
        yield Unskilled("one row in the middle of each unit", _samples(middle))


def _every(truth: Truth, unit: str) -> Any:
    return np.arange(0, truth.lengths[unit], max(1, round(PERIOD_S * truth.rates[unit])))


def _between(samples: Any) -> Any:
    """Right in number and rhythm, wrong in place.

    Not the same intervals in another order: over a long record that drifts through every phase, so that at
    150 bpm half of the peaks would fall within 100 ms of a beat. Midway is as far off as can be.
    """
    ordered = np.sort(samples.to_numpy(dtype="int64"))
    return np.unique((ordered[1:] + ordered[:-1]) // 2)


def _answers(truth: Truth) -> Iterator[Unskilled]:
    frame: Any = truth.frame
    column = "label" if truth.kind == "labels" else "value"
    true = frame[column]
    constant = true.mode().iloc[0] if truth.kind == "labels" else true.mean()
    named = quote(constant) if truth.kind == "labels" else f"the mean {constant:.4g}"
    yield Unskilled(f"always answering {named}", frame.assign(**{column: constant}))
    shuffled = _shuffled(true)
    if (shuffled != true.to_numpy()).any():
        yield Unskilled("the right answers in random order", frame.assign(**{column: shuffled}))


def _shuffled(true: Any) -> Any:
    """The values in random order. Of a few orders the one that leaves the fewest in place: four rows may by
    chance come out as they were, which is no fault of the metric."""
    values: Any = true.to_numpy()
    random = np.random.default_rng(0)
    orders = [random.permutation(len(values)) for _ in range(TRIES)]
    return min((values[order] for order in orders), key=lambda order: int((order == values).sum()))


def _samples(places: dict[str, Any]) -> pd.DataFrame:
    units = [unit for unit, samples in places.items() for _ in samples]
    return pd.DataFrame({"unit": units, "sample": np.concatenate(list(places.values())).astype("int64")})


def _groups(frame: Any) -> Iterator[tuple[str, Any]]:
    for unit, samples in frame.groupby("unit")["sample"]:
        yield str(unit), samples
