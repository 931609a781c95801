"""Repairs the candidate: by edits, or by the whole file when edits did not apply."""

from typing import Any

from langgraph.runtime import Runtime

from graph.candidates import changed, not_fitting, usable_change
from graph.context import Context
from graph.ports import Call
from graph.render import briefing, render
from graph.state import Candidate, State


async def debug(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    source, problem = context.text(candidate["source"]), context.text(candidate["problem"])
    whole = candidate["wants_whole"]
    prompt = render("debug", **briefing(context), source=source, problem=problem, wants_whole=whole)
    call = Call("debug", prompt, state["iteration"], str(candidate["repairs"] + 1))
    reply = await context.chat.ask(call, usable_change)
    repaired, misfit = changed(source, reply)
    runtime.stream_writer({"note": f"v{candidate['version']}: repair {candidate['repairs'] + 1}"})
    after: Candidate = {
        **candidate,
        "source": context.keep(repaired),
        "repairs": candidate["repairs"] + 1,
        "problem": context.keep(f"{problem}\n\n{not_fitting(misfit, reply)}") if misfit else "",
        "wants_whole": bool(misfit),
        # What another program did says nothing about this one.
        "execution": candidate["execution"] if misfit else None,
    }
    return {"candidate": after}
