"""Runs a draft before its turn, beside the candidate, so that it does not have to wait for the end of that."""

from typing import Any, TypedDict

from langgraph.runtime import Runtime

from graph.context import Context
from graph.drafts import as_draft
from graph.ran import keep_run, run_on_validation
from graph.reading import read


class DraftRunInput(TypedDict):
    draft: str
    """Its number, from 1."""
    reference: str
    rules: list[str]


async def run_draft(state: DraftRunInput, runtime: Runtime[Context]) -> dict[str, Any]:
    context, number = runtime.context, state["draft"]
    draft, ahead = as_draft(context, state["reference"]), ""
    found, _ = await read(context, state, context.text(draft.source))
    if not found:
        ran = await run_on_validation(context, context.text(draft.source))
        runtime.stream_writer({"note": f"draft {number}: {ran.line}"})
        ahead = keep_run(context, ran)
    return {"drafts": {number: context.keep(draft.model_copy(update={"ahead": ahead}).model_dump_json())}}
