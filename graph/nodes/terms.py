"""Which terms are worth looking up."""

from typing import Any

from langgraph.runtime import Runtime

from graph.context import Context
from graph.parse import json_value
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State
from graph.terms import Terms, distinct


async def terms(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    if "knowledge" in context.task.ablation:
        return {"terms": []}
    call = Call("terms", render("terms", **await briefing(context)))
    reply = await context.chat.ask(call, lambda text: json_value(text, Terms))
    return {"terms": distinct(reply.terms)}
