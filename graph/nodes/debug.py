"""Repairs the candidate: by edits, or by the whole file when edits did not apply."""

from typing import Any

from langgraph.runtime import Runtime

from graph.candidates import changed, usable_change
from graph.context import Context
from graph.parse import python
from graph.ports import Call
from graph.render import briefing, render
from graph.state import Candidate, State


async def debug(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    source, whole = context.text(candidate["source"]), candidate["wants_whole"]
    problem = context.text(candidate["problem"])
    prompt = render("debug", **briefing(context), source=source, problem=problem, wants_whole=whole)
    call = Call("debug", prompt, state["iteration"], str(candidate["repairs"] + 1))
    reply = await context.chat.ask(call, python if whole else usable_change)
    repaired, misfit = (reply, "") if whole else changed(source, reply)
    runtime.stream_writer({"note": f"v{candidate['version']}: repair {candidate['repairs'] + 1}"})
    after: Candidate = {
        **candidate,
        "source": context.keep(repaired),
        "repairs": candidate["repairs"] + 1,
        "problem": context.keep(f"{problem}\n\nThe last edits: {misfit}") if misfit else "",
        "wants_whole": bool(misfit),
    }
    return {"candidate": after}
