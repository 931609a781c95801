"""Proposes one idea and changes a program accordingly; at the end, the best one with what a rival has to give."""

from collections.abc import Mapping
from typing import Any

from langgraph.runtime import Runtime

from graph.archive import standing
from graph.candidates import changed, new_candidate, not_fitting, nothing, usable_change
from graph.citations import FEWER, ID, refuse_unknown, within
from graph.context import Context
from graph.errors import BudgetSpent, ReplyUnusable
from graph.ideas import cited_by, cites, read_idea
from graph.improvement import brief, origin, query
from graph.ports import Call, Passage
from graph.state import State
from graph.tools.toolbox import Toolbox


async def improve(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, iteration = runtime.context, state["iteration"] + 1
    versions = await standing(context, state)
    start = origin(context, state, versions)
    if start.note:
        runtime.stream_writer({"note": start.note})
    passages = within(await context.library.passages(state["documents"], query(context, start.parent)), FEWER)
    prompt = await brief(context, state, start, versions, passages)
    box = Toolbox(context, state["documents"])
    box.show(passages)
    call = Call("improve", prompt, iteration)
    try:
        reply = await context.chat.ask(call, lambda text: usable_idea(text, box.shown), box.tools)
    except BudgetSpent:
        runtime.stream_writer({"note": "the budget is spent"})
        return {"stopped_by": "budget"}
    except ReplyUnusable as error:
        runtime.stream_writer({"note": f"v{iteration + 1}: {error}"})
        parent, problem = start.parent, context.keep(str(error))
        lost = nothing(iteration + 1, parent.version, parent.source, start.operator, problem)
        return {"iteration": iteration, "candidate": lost}
    idea = read_idea(reply)
    if idea is None:
        runtime.stream_writer({"note": "no further idea"})
        return {"iteration": iteration, "stopped_by": "ideas"}
    runtime.stream_writer({"note": f"v{iteration + 1}: {idea}"})
    program, misfit = changed(context.text(start.parent.source), reply)
    meant = f"The change was not made: {misfit}\n\nThis change was meant: {idea}\n\nMake it."
    problem = f"{meant} {not_fitting(misfit, reply)}" if misfit else ""
    candidate = new_candidate(
        iteration + 1,
        start.parent.version,
        idea,
        context.keep(program),
        start.operator,
        problem=context.keep(problem) if problem else "",
    )
    return {
        "iteration": iteration,
        "cited": cited_by(iteration + 1, cites(context, idea, box.shown)),
        "candidate": {**candidate, "merged": start.rival.version if start.rival else None},
    }


def usable_idea(reply: str, shown: Mapping[str, Passage]) -> str:
    """Raises ReplyUnusable."""
    idea = read_idea(reply)
    refuse_unknown(ID.findall(idea or ""), shown, "the idea")
    return reply if idea is None else usable_change(reply)
