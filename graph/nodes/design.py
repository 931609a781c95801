"""Turns the outline into modules with signatures."""

from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from graph.context import Context
from graph.design import Design
from graph.hearing import words
from graph.parse import json_value
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State


async def design(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    outline = context.text(state["outline"])
    passages = await context.library.passages(state["documents"], outline)
    said = words(context, state)
    prompt = render("design", **briefing(context), outline=outline, passages=passages, instruction=said)
    call = Call("design", prompt)
    found = await context.chat.ask(call, lambda text: json_value(text, Design))
    # Modules are merged by name: those of an older design must not stay.
    return {
        "design": context.keep(found.model_dump_json()),
        "module_names": [module.name for module in found.modules],
        "modules": Overwrite({}),
    }
