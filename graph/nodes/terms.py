"""Which terms are worth looking up."""

from typing import Any

from langgraph.runtime import Runtime
from pydantic import BaseModel, Field

from graph.context import Context
from graph.parse import json_value
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State


class Term(BaseModel):
    term: str = Field(min_length=1, max_length=200)
    meaning: str = Field(default="", max_length=500)


class Terms(BaseModel):
    terms: list[Term]


async def terms(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    call = Call("terms", render("terms", **briefing(context)))
    reply = await context.chat.ask(call, lambda text: json_value(text, Terms))
    return {"terms": distinct(reply.terms)[:5]}


def distinct(found: list[Term]) -> list[str]:
    """One query per term, the same term once."""
    queries = {term.term.strip().lower(): f"{term.term.strip()}: {term.meaning.strip()}" for term in reversed(found)}
    return [query.removesuffix(": ") for query in reversed(queries.values())]
