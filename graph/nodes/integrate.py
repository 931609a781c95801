"""Assembles the modules by code and asks the model only for the glue."""

from typing import Any

from langgraph.runtime import Runtime

from graph.assembly import assemble
from graph.candidates import first_candidate
from graph.context import Context
from graph.design import Design
from graph.parse import function
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State


async def integrate(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    design = Design.model_validate_json(context.text(state["design"]))
    sources = [context.text(state["modules"][module.name]) for module in design.modules]
    prompt = render("integrate", **await briefing(context), design=design, modules="\n\n".join(sources))
    glue = await context.chat.ask(Call("integrate", prompt), lambda text: function(text, "main"))
    source = assemble(design.summary, [*sources, glue])
    return {"candidate": first_candidate(context.keep(source)), "iteration": 0}
