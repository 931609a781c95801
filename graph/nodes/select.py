"""Chooses the best candidate by what was measured on validation."""

from typing import Any

from langgraph.runtime import Runtime

from graph.archive import best_version
from graph.context import Context
from graph.policy import value
from graph.state import State


async def select(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    best = await best_version(context)
    if best is None:
        runtime.stream_writer({"note": "no candidate ran to its end"})
        return {"best": None}
    number = value(best, context.task.scoring, measured=context.bench.measured)
    runtime.stream_writer({"note": f"v{best.version} is chosen"})
    return {"best": {"version": best.version, "value": number}}
