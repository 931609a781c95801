"""Scores the chosen program once on the test split, which nothing before has looked at, and a mere draft beside it."""

from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import StreamWriter

from graph.archive import best_version, standing
from graph.branches import best_draft
from graph.context import Context
from graph.errors import PredictionsInvalid
from graph.executions import PREDICTIONS, describe, one_line, run_program
from graph.pace import measured_pace
from graph.repeats import repeated
from graph.state import State
from graph.values import Version


async def verify(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    best = await best_version(context, state)
    if best is None or not context.bench.measured:
        return {"test": None}
    tell = runtime.stream_writer
    chosen = await score_on_test(context, best, tell)
    took = {"pace": best.pace or await pace_of(context, best)}
    draft = best_draft(await standing(context, state), context.task.scoring, measured=True)
    if draft is None:
        return {"test": chosen, **took}
    # After the choice, and for the report alone: was the search worth it?
    alone = chosen if draft.version == best.version else await score_on_test(context, draft, tell)
    return {"test": chosen, "draft_alone": {"version": draft.version, **alone}, **took}


async def pace_of(context: Context, version: Version) -> dict[str, float] | None:
    found = await measured_pace(context, context.text(version.source), "validation", version.seconds)
    return asdict(found) if found else None


async def score_on_test(context: Context, version: Version, tell: StreamWriter) -> dict[str, Any]:
    """`{"metrics": ..., "predictions": reference}`, or `{"problem": one line}`; of a random program how it varies."""
    source = context.text(version.source)
    result = await run_program(context, source, "test")
    if not result.ok or PREDICTIONS not in result.files:
        return {"problem": describe(result)}
    predictions = result.files[PREDICTIONS]
    try:
        measurement = await context.bench.score("test", predictions)
    except PredictionsInvalid as error:
        return {"problem": str(error)}
    kept = {"predictions": context.artifacts.put(predictions)}
    if not version.spread:
        return {"metrics": measurement.metrics, **kept}
    again = await repeated(context, source, "test", predictions, measurement)
    if again.problem:
        tell({"note": f"v{version.version}: one of its runs on test failed: {one_line(again.problem)}"})
    return {"metrics": again.measurement.metrics, "runs": again.runs, "spread": again.spread, **kept}
