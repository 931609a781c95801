"""Chooses the best candidate by what was measured on validation."""

from typing import Any

from langgraph.runtime import Runtime

from graph.archive import best_version, held_to
from graph.context import Context
from graph.hearing import in_force
from graph.policy import value
from graph.state import State


async def select(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    best = await best_version(context, state)
    if best is None:
        runtime.stream_writer({"note": "no candidate ran to its end"})
        return {"best": None}
    number = value(best, context.task.scoring, measured=context.bench.measured)
    broken = held_to(in_force(context, state), best, context.text(best.source))
    runtime.stream_writer({"note": f"v{best.version} is chosen{f', though {broken[0].line}' if broken else ''}"})
    return {"best": {"version": best.version, "value": number}}
