"""A library that finds what it was given."""

from collections.abc import Mapping, Sequence

from graph.ports import Hit, Passage


class MemoryLibrary:
    searches_web = True

    def __init__(self, found: Mapping[str, list[str]] | None = None, passages: Sequence[Passage] = ()) -> None:
        self.found = dict(found or {})
        self.given = list(passages)
        self.hits: dict[str, list[Hit]] = {}
        self.terms: list[str] = []
        self.queries: list[tuple[list[str], str]] = []

    async def search(self, term: str) -> list[Hit]:
        self.terms.append(term)
        if term in self.hits:
            return self.hits[term]
        return [Hit(reference, reference, f"{reference}.md", own=True) for reference in self.found.get(term, [])]

    async def passages(self, documents: list[str], query: str) -> list[Passage]:
        self.queries.append((documents, query))
        return self.given
