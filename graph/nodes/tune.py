"""Tries other values for the parameters of the best program on both halves of train, without asking the model."""

import asyncio
from collections.abc import Mapping
from statistics import fmean
from typing import Any

from langgraph.runtime import Runtime

from graph.archive import leading_version
from graph.candidates import new_candidate
from graph.context import Context
from graph.errors import PredictionsInvalid
from graph.executions import PREDICTIONS, run_program
from graph.hearing import hear
from graph.parameters import Value, parameters, with_values
from graph.state import State
from graph.sweep import Sweep, sweep
from graph.values import FOLDS, Split, Version


async def tune(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    parent = await leading_version(context, state)
    found = None if parent is None else await better_values(context, state, parent)
    if parent is None or found is None or not found.values:
        if parent and found:
            runtime.stream_writer({"note": f"{found.trials} trials: no better values for the parameters"})
        waits = state["stopped_by"] or state["asks_person"]
        return {"tuned": [parent.source] if parent else [], **({} if waits else await hear(state, runtime))}
    metric = context.task.scoring.metric if context.task.scoring else ""
    idea = in_words(found, metric, {one.name: one.value for one in parameters(context.text(parent.source))})
    source = context.keep(with_values(context.text(parent.source), found.values))
    version = state["iteration"] + 2
    runtime.stream_writer({"note": f"v{version}: {idea}"})
    return {
        "iteration": state["iteration"] + 1,
        "tunings": state.get("tunings", 0) + 1,
        "tuned": [parent.source, source],
        # It differs by numbers: where these break it, the model is not to be asked.
        "candidate": {**new_candidate(version, parent.version, idea, source, "tune"), "given_up": True},
    }


async def better_values(context: Context, state: State, parent: Version) -> Sweep | None:
    """None where there is nothing to be tried."""
    source, scoring = context.text(parent.source), context.task.scoring
    known = parameters(source)
    if scoring is None or not known or not context.task.trials or not context.bench.tunable:
        return None
    if parent.source in state.get("tuned", []):
        return None

    async def score(values: Mapping[str, Value]) -> float | None:
        changed = with_values(source, values)
        found = await asyncio.gather(*(score_on(context, changed, fold, scoring.metric) for fold in FOLDS))
        known = [number for number in found if number is not None]
        return fmean(known) if len(known) == len(found) else None

    return await sweep(known, score, scoring, context.task.trials, lambda: context.minutes_left() > 0)


async def score_on(context: Context, source: str, fold: Split, metric: str) -> float | None:
    result = await run_program(context, source, fold)
    if not result.ok or PREDICTIONS not in result.files:
        return None
    try:
        return (await context.bench.score(fold, result.files[PREDICTIONS])).metrics.get(metric)
    except PredictionsInvalid:
        return None


def in_words(found: Sweep, metric: str, old: Mapping[str, Value]) -> str:
    changes = ", ".join(f"{name} {old[name]} -> {value}" for name, value in found.values.items())
    gain = f"{'no score' if found.before is None else f'{found.before:.4g}'} -> {found.after:.4g}"
    return f"{changes} ({metric} on held-back halves of train {gain}, {found.trials} trials)"
