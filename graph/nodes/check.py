"""Finds what is wrong with a program before it is run."""

from typing import Any

from langgraph.runtime import Runtime

from graph.checks import findings
from graph.context import Context
from graph.state import State


async def check(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    if candidate["problem"]:
        # Edits that did not apply: there is nothing new to look at.
        return {}
    source, max_kb = context.text(candidate["source"]), context.task.constraints.max_program_kb
    found = findings(source, context.sandbox.environment, max_kb)
    if not found:
        return {"candidate": {**candidate, "problem": ""}}
    text = "It was not run, since reading it shows:\n\n" + "\n".join(f"- {line}" for line in found[:20])
    runtime.stream_writer({"note": f"v{candidate['version']}: {found[0]}"})
    return {"candidate": {**candidate, "problem": context.keep(text)}}
