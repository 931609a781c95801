"""A further program by another method: one that was written beside the first, or one that is asked for now."""

from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from graph.archive import standing
from graph.candidates import nothing
from graph.citations import CHARACTERS, within
from graph.context import Context
from graph.design import Design
from graph.drafts import Draft, as_candidate, as_draft, keep_draft, next_written, read_draft
from graph.errors import BudgetSpent, ReplyUnusable
from graph.hearing import words
from graph.ideas import TRIED, told
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State
from graph.tools.toolbox import Toolbox


async def draft(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, iteration, written = runtime.context, state["iteration"] + 1, state.get("drafts") or {}
    number = next_written(state)
    left = {other: reference for other, reference in written.items() if other != number}
    try:
        found = as_draft(context, written[number]) if number else await ask(state, context, iteration)
    except BudgetSpent:
        runtime.stream_writer({"note": "the budget is spent"})
        return {"stopped_by": "budget"}
    except ReplyUnusable as error:
        runtime.stream_writer({"note": f"v{iteration + 1}: {error}"})
        lost = nothing(iteration + 1, None, context.keep(""), "draft", context.keep(str(error)))
        return {"iteration": iteration, "candidate": lost}
    runtime.stream_writer({"note": f"v{iteration + 1}: {found.idea}"})
    return {**as_candidate(found, iteration), "drafts": Overwrite(left)}


def as_design(context: Context, state: State) -> Design:
    return Design.model_validate_json(context.text(state["design"]))


async def ask(state: State, context: Context, iteration: int) -> Draft:
    """One that knows what came of those before; in a sample, one that stands alone."""
    alone = context.task.search.policy == "sample"
    versions = await standing(context, state)
    passages = within(await context.library.passages(state["documents"], context.task.target), CHARACTERS)
    prompt = render(
        "draft",
        **await briefing(context),
        versions=[told(version) for version in versions[-TRIED:]],
        methods=[] if alone or not state["design"] else [as_design(context, state).summary],
        alone=alone,
        instruction=words(context, state),
        passages=passages,
    )
    box = Toolbox(context, state["documents"])
    box.show(passages)
    call = Call("draft", prompt, iteration)
    idea, program = await context.chat.ask(call, lambda reply: read_draft(reply, box.shown), box.tools)
    return keep_draft(context, idea, program, box.shown)
