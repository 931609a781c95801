"""Outlines the algorithm in words."""

from typing import Any

from langgraph.runtime import Runtime

from graph.context import Context
from graph.hearing import hear
from graph.parse import prose
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State


async def outline(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    query = f"{context.task.target} {' '.join(state.get('terms', []))}"
    passages = await context.library.passages(state["documents"], query)
    call = Call("outline", render("outline", **briefing(context), passages=passages))
    text = await context.chat.ask(call, prose)
    # What is asked from here on follows what people have said by now.
    return {"outline": context.keep(text), **await hear(state, runtime)}
