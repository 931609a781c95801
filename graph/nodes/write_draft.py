"""Writes a further program by another method of the design; these run beside the writing of the first program."""

from typing import Any, TypedDict

from langgraph.runtime import Runtime

from graph.citations import CHARACTERS, within
from graph.context import Context
from graph.design import Design
from graph.drafts import keep_draft, read_draft
from graph.errors import BudgetSpent, ReplyUnusable
from graph.hearing import words
from graph.ports import Call
from graph.render import briefing, render


class DraftInput(TypedDict):
    draft: str
    """Its number, from 1."""
    design_reference: str
    found: list[str]
    instruction: str
    instructions: list[str]
    rules: list[str]


async def write_draft(state: DraftInput, runtime: Runtime[Context]) -> dict[str, Any]:
    context, number = runtime.context, state["draft"]
    design = Design.model_validate_json(context.text(state["design_reference"]))
    method = design.alternatives[int(number) - 1]
    passages = within(await context.library.passages(state["found"], method), CHARACTERS)
    shown = {passage.id: passage for passage in passages}
    prompt = render(
        "write_draft",
        **await briefing(context),
        summary=design.summary,
        method=method,
        instruction=words(context, state),
        passages=passages,
    )
    call = Call("write_draft", prompt, item=number)
    try:
        idea, program = await context.chat.ask(call, lambda reply: read_draft(reply, shown))
    except (BudgetSpent, ReplyUnusable) as error:
        # The first program does not need it: a draft less, or one that is asked for later.
        runtime.stream_writer({"note": f"draft {number} is not there: {error}"})
        return {}
    draft = keep_draft(context, idea, program, shown)
    return {"drafts": {number: context.keep(draft.model_dump_json())}}
