"""Repairs the candidate: by edits, or by the whole file when edits did not apply."""

from typing import Any

from langgraph.runtime import Runtime

from graph.candidates import changed, not_fitting, usable_change
from graph.citations import FEWER, within
from graph.context import Context
from graph.errors import BudgetSpent
from graph.hearing import words
from graph.ports import Call
from graph.render import briefing, render
from graph.state import Candidate, State
from graph.tools.toolbox import Toolbox

TELLING = 600
"""Characters at the end of what is wrong, by which passages are looked for: there is the error itself."""


async def debug(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    source, problem = context.text(candidate["source"]), context.text(candidate["problem"])
    whole = candidate["wants_whole"]
    query = f"{problem[-TELLING:]} {candidate['idea']}"
    passages = within(await context.library.passages(state["documents"], query), FEWER)
    prompt = render(
        "debug",
        **await briefing(context),
        source=source,
        problem=problem,
        wants_whole=whole,
        passages=passages,
        instruction=words(context, state),
    )
    call = Call("debug", prompt, state["iteration"], str(candidate["repairs"] + 1))
    try:
        reply = await context.chat.ask(call, usable_change, Toolbox(context, state["documents"]).tools)
    except BudgetSpent:
        return {"candidate": {**candidate, "given_up": True}, "stopped_by": "budget"}
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
