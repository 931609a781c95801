"""Writes a further program from the beginning, by another method than those before."""

from collections.abc import Mapping
from typing import Any

from langgraph.runtime import Runtime

from graph.archive import standing
from graph.candidates import new_candidate
from graph.citations import CHARACTERS, ID, refuse_unknown, within
from graph.context import Context
from graph.design import Design
from graph.errors import BudgetSpent, ReplyUnusable
from graph.hearing import words
from graph.ideas import TRIED, cites, read_idea, told
from graph.parse import python
from graph.ports import Call, Passage
from graph.render import briefing, render
from graph.state import State
from graph.tools.toolbox import Toolbox


async def draft(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, iteration = runtime.context, state["iteration"] + 1
    versions = await standing(context, state)
    passages = within(await context.library.passages(state["documents"], context.task.target), CHARACTERS)
    prompt = render(
        "draft",
        **await briefing(context),
        versions=[told(version) for version in versions[-TRIED:]],
        methods=[Design.model_validate_json(context.text(state["design"])).summary] if state["design"] else [],
        instruction=words(context, state),
        passages=passages,
    )
    box = Toolbox(context, state["documents"])
    box.show(passages)
    call = Call("draft", prompt, iteration)
    try:
        idea, program = await context.chat.ask(call, lambda text: usable_draft(text, box.shown), box.tools)
    except BudgetSpent:
        runtime.stream_writer({"note": "the budget is spent"})
        return {"stopped_by": "budget"}
    runtime.stream_writer({"note": f"v{iteration + 1}: {idea}"})
    return {
        "iteration": iteration,
        "cited": cites(context, idea, box.shown, iteration + 1),
        "candidate": new_candidate(iteration + 1, None, idea, context.keep(program), "draft"),
    }


def usable_draft(reply: str, shown: Mapping[str, Passage]) -> tuple[str, str]:
    """The idea and the program. Raises ReplyUnusable."""
    idea = read_idea(reply)
    if idea is None:
        raise ReplyUnusable("a program is wanted: IDEA: none is no answer here")
    refuse_unknown(ID.findall(idea), shown, "the idea")
    return idea, python(reply)
