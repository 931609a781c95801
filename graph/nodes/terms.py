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
    queries: dict[str, str] = {}
    for term in found:
        name = term.term.strip()
        queries.setdefault(name.lower(), f"{name}: {term.meaning.strip()}".removesuffix(": "))
    return [query for name, query in queries.items() if name]
