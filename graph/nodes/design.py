"""Turns the outline into modules with signatures."""

from collections.abc import Mapping
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from graph.citations import CHARACTERS, keep, refuse_unknown, within
from graph.context import Context
from graph.design import Design
from graph.hearing import words
from graph.parse import json_value
from graph.ports import Call, Passage
from graph.render import briefing, render
from graph.state import State
from graph.tools.toolbox import Toolbox

NO_DESIGN: dict[str, Any] = {
    "design": "",
    "module_names": [],
    "modules": Overwrite({}),
    "beside": 0,
    "drafts": Overwrite({}),
    "whole": True,
}


async def design(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    task = context.task
    if "design" in task.ablation:
        return NO_DESIGN
    outline = context.text(state["outline"])
    passages = within(await context.library.passages(state["documents"], outline), CHARACTERS)
    box = Toolbox(context, state["documents"])
    box.show(passages)
    said = words(context, state)
    asked = {"outline": outline, "passages": passages, "instruction": said, "whole": task.is_written_whole}
    prompt = render("design", **await briefing(context), **asked, alternatives=task.drafts_beside)
    call = Call("design", prompt)
    found = await context.chat.ask(call, lambda text: resting(json_value(text, Design), box.shown), box.tools)
    # Both are merged by name: those of an older design must not stay.
    return {
        "design": context.keep(found.model_dump_json()),
        "module_names": [module.name for module in found.modules],
        "modules": Overwrite({}),
        "drafts": Overwrite({}),
        "beside": min(task.drafts_beside, len(found.alternatives)),
        "whole": task.is_written_whole,
        "cited": {
            module.name: keep(context, [box.shown[name] for name in module.rests_on])
            for module in found.modules
            if module.rests_on
        },
    }


def resting(design: Design, shown: Mapping[str, Passage]) -> Design:
    """Raises ReplyUnusable where it rests on what was never shown."""
    for module in design.modules:
        refuse_unknown(module.rests_on, shown, module.name)
    return design
