"""Runs the candidate on the validation split."""

from typing import Any

from langgraph.runtime import Runtime

from graph.context import Context
from graph.executions import against_rules, describe, explain, keep, run_program, too_slow
from graph.hearing import in_force
from graph.state import State


async def execute(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    result = await run_program(context, context.text(candidate["source"]), "validation")
    units = len(context.bench.units("validation"))
    slow = too_slow(result, units, context.task.constraints.max_seconds_per_unit)
    problem = explain(result, context.limits) or slow or against_rules(result, in_force(context, state))
    runtime.stream_writer({"note": f"v{candidate['version']}: {describe(result)}"})
    execution = keep(context, result)
    return {
        "candidate": {
            **candidate,
            "execution": execution,
            "problem": context.keep(problem) if problem else "",
        }
    }
