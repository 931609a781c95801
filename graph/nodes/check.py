"""Finds what is wrong with a program before it is run, and whether it was run before."""

from typing import Any

from langgraph.runtime import Runtime

from graph.candidates import twin
from graph.checks import findings
from graph.context import Context
from graph.hearing import in_force
from graph.quality import count, to_repair
from graph.rules import broken_by_reading
from graph.state import Candidate, State


async def check(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    if candidate["problem"]:
        # Edits that did not apply: there is nothing new to look at.
        return {}
    source, max_kb = context.text(candidate["source"]), context.task.constraints.max_program_kb
    same = twin(source, await context.versions.all(), context.text)
    if same:
        text = f"It was not run: but for comments and layout it is the same as version {same.version}"
        runtime.stream_writer({"note": f"v{candidate['version']}: {text}"})
        return {"candidate": {**candidate, "problem": context.keep(text), "given_up": True}}
    found = findings(source, context.sandbox.environment, max_kb)
    read = await context.critic.read(source)
    found += to_repair(read or [])
    found += [broken.line for broken in broken_by_reading(in_force(context, state), source)]
    seen: Candidate = {**candidate, "quality": None if read is None else count(read).as_json()}
    if not found:
        return {"candidate": {**seen, "problem": ""}}
    text = "It was not run, since reading it shows:\n\n" + "\n".join(f"- {line}" for line in found[:20])
    runtime.stream_writer({"note": f"v{candidate['version']}: {found[0]}"})
    return {"candidate": {**seen, "problem": context.keep(text)}}
