"""Does the metric tell right from unskilled? Asked before any money is spent on raising it."""

import math
from typing import Any

from graph.errors import PredictionsInvalid, ScorerRefused
from graph.scoring.base import Scorer, Truth
from graph.scoring.lines import quote
from graph.scoring.predictions import perfect, write
from graph.scoring.unskilled import unskilled
from graph.values import Direction

CLEARLY = 0.8
"""The part of the perfect score that an unskilled one may have, and of the unskilled error the perfect."""


async def self_test(scorer: Scorer, truth: Truth, metric: str, direction: Direction) -> None:
    """Score the true labels and predictions that need no skill, and compare `metric`.

    To maximize: unskilled <= 0.8 perfect, and below perfect. To minimize: unskilled > 0 and perfect <=
    0.8 unskilled, so the metric has to be an error, not below 0. Unskilled predictions that are refused or
    get NaN are told apart well enough.

    Raises:
        ScorerRefused: one line says which prediction got which value, and what to do.
        SandboxError: a scorer that runs confined could not be run.
    """
    _check_truth(truth)
    best = await _perfect(scorer, truth, metric)
    compared = {bad.what: await _metrics(scorer, truth, write(bad.frame)) for bad in unskilled(truth)}
    if len(compared) < 2:
        raise ScorerRefused("the labels are too few to try the scorer on: label more, in each split")
    directions: dict[str, Direction] = {**scorer.metrics, metric: direction}
    fooled = {name: _fooled(name, directions[name], best, compared) for name in directions if name in best}
    if fooled[metric]:
        better = [name for name in scorer.metrics if not fooled.get(name, "unknown")]
        raise ScorerRefused(f"{fooled[metric]}: {_advice(better)}")


def _check_truth(truth: Truth) -> None:
    if truth.frame.empty:
        raise ScorerRefused("a split has no labels: give each split units with labels")
    frame: Any = truth.frame
    answers = frame[frame.columns[-1]]
    if truth.kind != "samples" and answers.nunique() < 2:
        only = quote(str(answers.iloc[0]))
        raise ScorerRefused(f"all labels of a split are {only}: give each split units with different ones")


async def _perfect(scorer: Scorer, truth: Truth, metric: str) -> dict[str, float]:
    try:
        metrics = (await scorer.score(truth, perfect(truth))).metrics
    except PredictionsInvalid as error:
        raise ScorerRefused(f"scorer {scorer.name} does not accept the true labels: {error}") from None
    if metric not in metrics:
        raise ScorerRefused(f"scorer {scorer.name} does not measure {metric!r}: choose {', '.join(metrics)}")
    if not math.isfinite(metrics[metric]):
        raise ScorerRefused(f"the true labels get {metric} {metrics[metric]}: the scorer has to give a number")
    return metrics


async def _metrics(scorer: Scorer, truth: Truth, predictions: bytes) -> dict[str, float]:
    try:
        return (await scorer.score(truth, predictions)).metrics
    except PredictionsInvalid:
        return {}


def _fooled(metric: str, direction: Direction, best: dict[str, float], compared: dict[str, dict[str, float]]) -> str:
    """What gets too good a value, in words; empty when nothing does."""
    for what, metrics in compared.items():
        value = metrics.get(metric, math.nan)
        if not (math.isnan(value) or _clearly_worse(value, best[metric], direction)):
            return f"{what} gets {metric} {value:.3g}, the true labels get {best[metric]:.3g}"
    return ""


def _clearly_worse(value: float, best: float, direction: Direction) -> bool:
    if direction == "maximize":
        return value < best and value <= CLEARLY * best
    return value > 0 and best <= CLEARLY * value


def _advice(better: list[str]) -> str:
    if better:
        return f"choose {' or '.join(better)}"
    return "no metric of this scorer tells them apart, make it stricter (tolerance_ms, say) or write one"
