"""Looks one term up, and keeps what is about this task; one of these runs for each term, side by side."""

import json
from typing import Any, TypedDict

from langgraph.runtime import Runtime

from graph.context import Context
from graph.errors import ReplyUnusable
from graph.ports import Call, Hit
from graph.relevance import BEGINNING, Judgement, judged, judgements
from graph.render import render


class SearchInput(TypedDict):
    term: str


async def search(state: SearchInput, runtime: Runtime[Context]) -> dict[str, Any]:
    context, term = runtime.context, state["term"]
    hits = await context.library.search(term)
    rows = judged(term, hits, await judge(context, term, [hit for hit in hits if not hit.own]))
    kept = [hit.reference for hit, row in zip(hits, rows, strict=True) if row.kept]
    if hits:
        name = term.partition(": ")[0]
        runtime.stream_writer({"note": f"{name}: {len(kept)} of {len(hits)} documents kept"})
    return {"documents": kept, "looked_up": [context.keep(json.dumps([row.as_json() for row in rows]))]}


async def judge(context: Context, term: str, hits: list[Hit]) -> dict[int, Judgement] | None:
    """None where there is nothing to judge, or the model cannot: too many pages are better than no job."""
    if not hits:
        return None
    pages = [(hit.title, hit.source, beginning(context, hit)) for hit in hits]
    prompt = render("search", task=context.task, measured=context.bench.measured, term=term, pages=pages)
    try:
        return await context.chat.ask(Call("search", prompt, item=term), lambda text: judgements(text, len(hits)))
    except ReplyUnusable:
        return None


def beginning(context: Context, hit: Hit) -> str:
    return " ".join(json.loads(context.text(hit.reference))["text"][: 2 * BEGINNING].split())[:BEGINNING]
