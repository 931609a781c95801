"""Outlines the algorithm in words."""

from collections.abc import Mapping
from typing import Any

from langgraph.runtime import Runtime

from graph.citations import CHARACTERS, ID, refuse_unknown, within
from graph.context import Context
from graph.hearing import hear
from graph.parse import prose
from graph.ports import Call, Passage
from graph.render import briefing, render
from graph.state import State
from graph.tools.toolbox import Toolbox


async def outline(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    if "outline" in context.task.ablation:
        return {"outline": context.keep(""), **await hear(state, runtime)}
    query = f"{context.task.target} {' '.join(state.get('terms', []))}"
    passages = within(await context.library.passages(state["documents"], query), CHARACTERS)
    box = Toolbox(context, state["documents"])
    box.show(passages)
    call = Call("outline", render("outline", **await briefing(context), passages=passages))
    text = await context.chat.ask(call, lambda reply: resting(prose(reply), box.shown), box.tools)
    # What is asked from here on follows what people have said by now.
    return {"outline": context.keep(text), **await hear(state, runtime)}


def resting(text: str, shown: Mapping[str, Passage]) -> str:
    """Raises ReplyUnusable where it names a passage that was never shown."""
    refuse_unknown(ID.findall(text), shown, "the outline")
    return text
