"""A library that finds what it was given."""

from collections.abc import Mapping, Sequence

from graph.ports import Passage


class MemoryLibrary:
    def __init__(self, found: Mapping[str, list[str]] | None = None, passages: Sequence[Passage] = ()) -> None:
        self.found = dict(found or {})
        self.given = list(passages)
        self.terms: list[str] = []
        self.queries: list[tuple[list[str], str]] = []

    async def search(self, term: str) -> list[str]:
        self.terms.append(term)
        return self.found.get(term, [])

    async def passages(self, documents: list[str], query: str) -> list[Passage]:
        self.queries.append((documents, query))
        return self.given
