"""Programs that do something else each time: seen by running them again, and judged by the mean of some runs."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from graph.context import Context
from graph.errors import PredictionsInvalid
from graph.executions import PREDICTIONS, explain, run_program
from graph.imports import modules
from graph.syntax import tree
from graph.values import Measurement, Split

RUNS = 3
"""Of a program whose second run predicts something else."""
CHANCE = frozenset(
    {"random", "secrets", "uuid", "sklearn", "torch", "tensorflow", "keras", "jax", "xgboost", "lightgbm"}
)


@dataclass(frozen=True)
class Repeated:
    measurement: Measurement
    """The mean of all runs."""
    runs: int
    spread: float
    """Standard deviation of the metric that counts; 0 where every run predicts the same."""
    problem: str = ""
    """Why a further run failed, for the model; empty where none did."""


def may_be_random(source: str) -> bool:
    """Whether chance can have a part in it, as far as its text tells; a seed that is set does not show there."""
    try:
        parsed = tree(source)
    except SyntaxError:
        return False
    named = any(isinstance(node, ast.Attribute) and node.attr == "random" for node in ast.walk(parsed))
    return named or any(CHANCE & set(name.split(".")) for name in modules(parsed))


async def repeated(context: Context, source: str, split: Split, first: bytes, measured: Measurement) -> Repeated:
    """Runs a program that predicted `first` again: once, and where that differs, until there are `RUNS`."""
    found = [measured]
    while len(found) < RUNS and context.minutes_left() > 0:
        result = await run_program(context, source, split)
        problem = explain(result, context.limits)
        if problem:
            return Repeated(mean(found), len(found), spread(context, found), f"It ran once, but not again. {problem}")
        if len(found) == 1 and result.files[PREDICTIONS] == first:
            return Repeated(measured, 2, 0.0)
        try:
            found.append(await context.bench.score(split, result.files[PREDICTIONS]))
        except PredictionsInvalid as error:
            text = f"It ran again, and OUTPUT/{PREDICTIONS} could not be scored that time: {error}"
            return Repeated(mean(found), len(found), spread(context, found), text)
    return Repeated(mean(found), len(found), spread(context, found))


def spread(context: Context, found: Sequence[Measurement]) -> float:
    metric = context.task.scoring.metric if context.task.scoring else ""
    numbers = [one.metrics[metric] for one in found if metric in one.metrics]
    return stdev(numbers) if len(numbers) > 1 else 0.0


def mean(found: Sequence[Measurement]) -> Measurement:
    """Of each metric, over all units and unit by unit, as far as all have it."""
    units = {unit: _means([one.units[unit] for one in found]) for unit in found[0].units if _all_have(found, unit)}
    return Measurement(_means([one.metrics for one in found]), units)


def _all_have(found: Sequence[Measurement], unit: str) -> bool:
    return all(unit in one.units for one in found)


def _means(values: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: fmean(one[name] for one in values) for name in values[0] if all(name in one for one in values)}
