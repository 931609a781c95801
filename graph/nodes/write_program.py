"""Writes the whole first program at once, after the design."""

from typing import Any

from langgraph.runtime import Runtime

from graph.candidates import first_candidate
from graph.citations import CHARACTERS, kept, within
from graph.context import Context
from graph.design import Design
from graph.hearing import words
from graph.parse import python
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State


async def write_program(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    outline = context.text(state["outline"])
    design = Design.model_validate_json(context.text(state["design"])) if state["design"] else None
    cited = [one for name in state["module_names"] for one in kept(context, state.get("cited", {}).get(name, ""))]
    nearest = await context.library.passages(state["documents"], design.summary if design else outline)
    passages = within(list({one.id: one for one in [*cited, *nearest]}.values()), CHARACTERS)
    # Where there is a design, it follows what people have said.
    said = "" if design else words(context, state)
    prompt = render(
        "write_program", **await briefing(context), design=design, outline=outline, passages=passages, instruction=said
    )
    program = await context.chat.ask(Call("write_program", prompt), python)
    return {"candidate": first_candidate(context.keep(program)), "iteration": 0}
