"""Runs the candidate on the validation split, where that was not done before its turn."""

from typing import Any

from langgraph.runtime import Runtime

from graph.candidates import ran_before
from graph.context import Context
from graph.executions import against_rules
from graph.hearing import in_force
from graph.ran import kept_run, run_on_validation
from graph.state import State


async def execute(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    before = ran_before(candidate)
    ran = kept_run(context, before) if before else await run_on_validation(context, context.text(candidate["source"]))
    problem = ran.problem or against_rules(context, ran.execution, in_force(context, state))
    runtime.stream_writer({"note": f"v{candidate['version']}: {ran.line}{' beside another one' if before else ''}"})
    return {
        "candidate": {
            **candidate,
            "execution": ran.execution,
            "problem": context.keep(problem) if problem else "",
        }
    }
