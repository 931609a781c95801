"""R peaks: how many beats are found, how many peaks are none, and how far off they are."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.scoring.base import Truth
from graph.scoring.matching import match
from graph.scoring.predictions import HELP, parse
from graph.values import Direction, Measurement

NAN = float("nan")


@dataclass(frozen=True)
class Beats:
    """What became of the beats and of the predicted peaks of one or of all units."""

    true: int
    predicted: int
    errors_ms: Any
    """Distance of each matched pair, shape (pairs,)."""

    def metrics(self) -> dict[str, float]:
        found = len(self.errors_ms)
        return {
            "f1": _ratio(2 * found, self.true + self.predicted),
            "sensitivity": _ratio(found, self.true),
            "precision": _ratio(found, self.predicted),
            "median_error_ms": float(np.median(self.errors_ms)) if found else NAN,
        }


class RPeaks:
    """Beats matched one to one with predicted peaks at most `tolerance_ms` away (ANSI/AAMI EC57: 150 ms).

    `f1`, `sensitivity` and `precision` are of the counts of all units together, as EC57's gross statistics;
    `median_error_ms` is the median absolute distance of the matched pairs. A metric that would divide by
    zero is NaN. A unit without rows has all its beats missed.
    """

    def __init__(self, tolerance_ms: float = 100.0) -> None:
        self.name = "r_peaks"
        self.tolerance_ms = tolerance_ms
        self.metrics: dict[str, Direction] = {
            "f1": "maximize",
            "sensitivity": "maximize",
            "precision": "maximize",
            "median_error_ms": "minimize",
        }
        self.predictions_help = (
            f"{HELP['samples']} An event is an R peak; it is found when a row is within {tolerance_ms:g} ms, "
            "each row counting for one beat only."
        )

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        return await asyncio.to_thread(self._score, truth, predictions)

    def _score(self, truth: Truth, predictions: bytes) -> Measurement:
        predicted = _by_unit(parse(predictions, truth))
        true = _by_unit(truth.frame)
        nothing = np.array([], dtype="int64")
        units = {
            unit: self._compare(true.get(unit, nothing), predicted.get(unit, nothing), truth.rates[unit])
            for unit in truth.units
        }
        return Measurement(
            _together(units.values()).metrics(), {unit: beats.metrics() for unit, beats in units.items()}
        )

    def _compare(self, true: Any, predicted: Any, rate: float) -> Beats:
        tolerance = self.tolerance_ms * rate / 1000
        at, to = match(true, predicted, tolerance)
        return Beats(len(true), len(predicted), np.abs(true[at] - predicted[to]) * 1000 / rate)


def _by_unit(frame: Any) -> dict[str, Any]:
    """The samples of each unit that has rows, sorted."""
    return {unit: np.sort(samples.to_numpy(dtype="int64")) for unit, samples in frame.groupby("unit")["sample"]}


def _together(units: Iterable[Beats]) -> Beats:
    every = list(units)
    return Beats(
        sum(beats.true for beats in every),
        sum(beats.predicted for beats in every),
        np.concatenate([beats.errors_ms for beats in every]) if every else np.array([]),
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else NAN
