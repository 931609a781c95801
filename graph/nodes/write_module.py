"""Writes one module; one of these runs for each module of the design, side by side."""

from typing import Any, TypedDict

from langgraph.runtime import Runtime

from graph.citations import CHARACTERS, kept, within
from graph.context import Context
from graph.design import Design
from graph.parse import function
from graph.ports import Call
from graph.render import briefing, render


class ModuleInput(TypedDict):
    module: str
    design_reference: str
    found: list[str]
    cited: str
    """Reference of the passages that the design rests on here; empty for none."""


async def write_module(state: ModuleInput, runtime: Runtime[Context]) -> dict[str, Any]:
    context, name = runtime.context, state["module"]
    design = Design.model_validate_json(context.text(state["design_reference"]))
    module = design.module(name)
    nearest = await context.library.passages(state["found"], f"{name} {module.does}")
    passages = within([*kept(context, state["cited"]), *nearest], CHARACTERS)
    prompt = render("write_module", **await briefing(context), design=design, module=module, passages=passages)
    source = await context.chat.ask(Call("write_module", prompt, item=name), lambda text: function(text, name))
    return {"modules": {name: context.keep(source)}}
