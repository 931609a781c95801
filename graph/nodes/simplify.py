"""Has the chosen program written more simply, once, where reading it shows smells."""

from typing import Any

from langgraph.runtime import Runtime

from graph.archive import best_version
from graph.candidates import changed, new_candidate, usable_change
from graph.context import Context
from graph.errors import BudgetSpent
from graph.ports import Call
from graph.quality import smells
from graph.render import briefing, render
from graph.state import State


async def simplify(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, iteration = runtime.context, state["iteration"] + 1
    # Where nothing is measured nobody could tell whether it still does the same.
    wanted = context.task.candidates and context.task.search.policy != "sample" and context.bench.measured
    best = await best_version(context, state) if wanted else None
    source = context.text(best.source) if best else ""
    found = smells(await context.critic.read(source) or []) if best else []
    if best is None or not found:
        return {"simplified": True}
    prompt = render("simplify", **await briefing(context), source=source, smells=found)
    try:
        reply = await context.chat.ask(Call("simplify", prompt), usable_change)
    except BudgetSpent:
        runtime.stream_writer({"note": "the budget is spent"})
        return {"simplified": True}
    program, misfit = changed(source, reply)
    if misfit:
        runtime.stream_writer({"note": f"version {best.version} stays as it is written: {misfit}"})
        return {"simplified": True}
    idea = f"the same, more simply: {len(found)} smell{'s' if len(found) > 1 else ''} of version {best.version}"
    runtime.stream_writer({"note": f"v{iteration + 1}: {idea}"})
    kept = context.keep(program)
    return {
        "simplified": True,
        "iteration": iteration,
        # Its parameters are those of its parent, which were tried.
        "tuned": [kept],
        # What it computes is at hand already: one that fails is not worth a repair.
        "candidate": {**new_candidate(iteration + 1, best.version, idea, kept, "simplify"), "given_up": True},
    }
