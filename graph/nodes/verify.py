"""Scores the chosen program once on the test split, which nothing before has looked at."""

from typing import Any

from langgraph.runtime import Runtime

from graph.archive import best_version
from graph.context import Context
from graph.errors import PredictionsInvalid
from graph.executions import PREDICTIONS, describe, run_program
from graph.state import State


async def verify(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    best = await best_version(context)
    if best is None or not context.bench.measured:
        return {"test": None}
    result = await run_program(context, context.text(best.source), "test")
    if not result.ok or PREDICTIONS not in result.files:
        return {"test": {"problem": describe(result)}}
    try:
        measurement = await context.bench.score("test", result.files[PREDICTIONS])
    except PredictionsInvalid as error:
        return {"test": {"problem": str(error)}}
    predictions = context.artifacts.put(result.files[PREDICTIONS])
    return {"test": {"metrics": measurement.metrics, "predictions": predictions}}
