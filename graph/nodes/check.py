"""Finds what is wrong with a program before it is run, and whether it was run before."""

from typing import Any

from langgraph.runtime import Runtime

from graph.candidates import ran_before, twin
from graph.context import Context
from graph.drafts import as_draft, to_run_ahead
from graph.quality import count
from graph.reading import read
from graph.state import Candidate, State


async def check(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    if candidate["problem"]:
        # Edits that did not apply: there is nothing new to look at.
        return {}
    source = context.text(candidate["source"])
    same = twin(source, await context.versions.all(), context.text)
    if same:
        text = f"It was not run: but for comments and layout it is the same as version {same.version}"
        runtime.stream_writer({"note": f"v{candidate['version']}: {text}"})
        return {"candidate": {**candidate, "problem": context.keep(text), "given_up": True}}
    found, criticized = await read(context, state, source)
    seen: Candidate = {**candidate, "quality": None if criticized is None else count(criticized).as_json()}
    if not found:
        drafts = {number: as_draft(context, reference) for number, reference in (state.get("drafts") or {}).items()}
        room = context.at_once - (0 if ran_before(candidate) else 1)
        return {"candidate": {**seen, "problem": ""}, "run_ahead": to_run_ahead(drafts, room)}
    text = "It was not run, since reading it shows:\n\n" + "\n".join(f"- {line}" for line in found[:20])
    runtime.stream_writer({"note": f"v{candidate['version']}: {found[0]}"})
    return {"candidate": {**seen, "problem": context.keep(text)}}
