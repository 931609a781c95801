"""Tries values for the parameters of a program, without asking any model."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from graph.parameters import Parameter, Value
from graph.policy import is_better
from graph.task import Scoring

AT_ONCE = 2
"""Trials side by side: always as many, so that a run can be repeated."""
SEED = 20250915
DIGITS = 4
"""Of a number that is tried: more would say nothing and be read badly."""

Score = Callable[[Mapping[str, Value]], Awaitable[float | None]]
"""Of the program with these values; None where there is none to be had."""


@dataclass(frozen=True)
class Sweep:
    before: float | None
    """With the values as they were."""
    after: float | None
    values: dict[str, Value]
    """Those that are better than the ones before, where they differ; empty where none were."""
    trials: int


async def sweep(
    parameters: Sequence[Parameter],
    score: Score,
    scoring: Scoring,
    trials: int,
    goes_on: Callable[[], bool] = lambda: True,
) -> Sweep:
    """At most `trials` times the values of a tree-structured Parzen estimator (Bergstra et al., NIPS 2011; optuna's).

    The first trial has the values as they are. Seeded: the same scores lead to the same trials.
    """
    import optuna  # noqa: PLC0415 (only where something is tuned)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    untyped: Any = optuna
    study: Any = untyped.create_study(direction=scoring.direction, sampler=untyped.samplers.TPESampler(seed=SEED))
    study.enqueue_trial({parameter.name: parameter.value for parameter in parameters})
    space = {parameter.name: _distribution(parameter, untyped.distributions) for parameter in parameters}
    done = list[tuple[dict[str, Value], float | None]]()
    while len(done) < trials and (not done or goes_on()):
        asked = [study.ask(space) for _ in range(min(AT_ONCE if done else 1, trials - len(done)))]
        tried = [_rounded(trial.params) for trial in asked]
        scores = await asyncio.gather(*map(score, tried))
        for trial, found in zip(asked, scores, strict=True):
            known = found is not None and isfinite(found)
            study.tell(trial, found if known else None, state=None if known else untyped.trial.TrialState.FAIL)
        done += zip(tried, scores, strict=True)
    return _outcome(done, parameters, scoring)


def _outcome(
    done: Sequence[tuple[dict[str, Value], float | None]], parameters: Sequence[Parameter], scoring: Scoring
) -> Sweep:
    before = done[0][1] if done else None
    best, after = dict[str, Value](), before
    for values, found in done[1:]:
        if found is not None and isfinite(found) and (after is None or is_better(found, after, scoring)):
            best, after = values, found
    old = {parameter.name: parameter.value for parameter in parameters}
    return Sweep(before, after, {name: value for name, value in best.items() if value != old[name]}, len(done))


def _distribution(parameter: Parameter, kinds: Any) -> Any:
    if parameter.choices:
        return kinds.CategoricalDistribution(parameter.choices)
    kind = kinds.IntDistribution if _is_whole(parameter) else kinds.FloatDistribution
    return kind(parameter.low, parameter.high, log=parameter.is_logarithmic)


def _is_whole(parameter: Parameter) -> bool:
    return all(isinstance(number, int) for number in (parameter.value, parameter.low, parameter.high))


def _rounded(values: Mapping[str, Any]) -> dict[str, Value]:
    return {name: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value for name, value in values.items()}
