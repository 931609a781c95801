"""Searches through the ledger: what was looked up once in a run is never asked for again."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from app.artifacts.store import ArtifactStore
from app.knowledge.search.ranking import is_address
from app.providers.ledger import Key, Ledger
from app.providers.source import Books, Source
from graph.ports import Hit


@dataclass(frozen=True)
class LookUp:
    ledger: Ledger
    source: Source
    artifacts: ArtifactStore
    tell: Callable[[str], None]

    async def search(self, term: str) -> list[Hit]:
        key = Key("search", "search", item=term)
        books = Books(self.ledger.once, self.tell)
        row = await self.ledger.once(key, term, lambda: self.source.search(key, term, books))
        return [self._hit(found) for found in json.loads(row.reply)]

    def _hit(self, found: dict[str, str]) -> Hit:
        reference = self.artifacts.put(json.dumps(found).encode())
        return Hit(reference, found["title"], found["source"], own=not is_address(found["source"]))
