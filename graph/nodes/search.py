"""Looks one term up; one of these runs for each term, side by side."""

from typing import Any, TypedDict

from langgraph.runtime import Runtime

from graph.context import Context


class SearchInput(TypedDict):
    term: str


async def search(state: SearchInput, runtime: Runtime[Context]) -> dict[str, Any]:
    return {"documents": await runtime.context.library.search(state["term"])}
