"""The `Library` port."""

from dataclasses import dataclass

from app.knowledge.lookup import LookUp
from app.knowledge.retrieval import Retrieval
from graph.ports import Hit, Passage


@dataclass(frozen=True)
class LedgeredLibrary:
    look_up: LookUp
    retrieval: Retrieval
    searches_web: bool = False

    async def search(self, term: str) -> list[Hit]:
        return await self.look_up.search(term)

    async def passages(self, documents: list[str], query: str) -> list[Passage]:
        return await self.retrieval.passages(documents, query)
