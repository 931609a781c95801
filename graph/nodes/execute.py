"""Runs the candidate on the validation split."""

from typing import Any

from langgraph.runtime import Runtime

from graph.context import Context
from graph.executions import against_rules, describe, explain, keep, run_program
from graph.hearing import in_force
from graph.pace import too_slow
from graph.state import State


async def execute(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    source = context.text(candidate["source"])
    result = await run_program(context, source, "validation")
    problem, pace = explain(result, context.limits), None
    if not problem:
        problem, pace = await too_slow(context, source, result)
    problem = problem or against_rules(result, in_force(context, state))
    runtime.stream_writer({"note": f"v{candidate['version']}: {describe(result)}"})
    execution = keep(context, result, pace)
    return {
        "candidate": {
            **candidate,
            "execution": execution,
            "problem": context.keep(problem) if problem else "",
        }
    }
