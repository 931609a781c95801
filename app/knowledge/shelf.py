"""What a workspace keeps to look things up in: documents in the database, an index of each collection on the disk."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.db.tables import DocumentRow
from app.knowledge.documents import Documents, check_name
from app.knowledge.index import Index, fused
from app.knowledge.lexical import LexicalEmbeddings
from app.knowledge.searchable import searchable
from app.pages.document import Document
from graph.ports import Passage

DAMAGED = (OSError, RuntimeError, ValueError, KeyError)
FORM = "1"
"""Of what an index is made of: another one makes all anew."""
FOUND = 20
"""Of each collection."""


async def no_quota(workspace: str, more: int) -> None:
    """Refuses nothing."""


@dataclass(frozen=True)
class Indexed:
    index: Index
    numbers: list[int]
    """Rows of the passages, by position."""


@dataclass(frozen=True)
class Shelf:
    documents: Documents
    folder: Path
    """Indexes that can be made anew at any time."""
    refuse_bytes: Callable[[str, int], Awaitable[None]] = no_quota
    """Raises when a workspace may not keep so many bytes more."""
    opened: dict[tuple[str, str], tuple[str, Indexed]] = field(
        default_factory=dict[tuple[str, str], "tuple[str, Indexed]"]
    )
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def add(self, workspace: str, collection: str, document: Document) -> tuple[DocumentRow, bool]:
        """The row, and whether anything has changed. Raises KnowledgeInvalid, or what `refuse_bytes` raises."""
        check_name(collection)
        await self.refuse_bytes(workspace, len(document.text.encode("utf-8", "replace")))
        return await self.documents.put(workspace, collection, document)

    async def search(self, workspace: str, collections: Sequence[str], query: str, count: int) -> list[Passage]:
        """The passages that answer `query` best, in all these collections together; one that is gone has none."""
        rankings = await self.rankings(workspace, collections, query)
        return list({passage.id: passage for passage in fused(rankings)[:count]}.values())

    async def rankings(self, workspace: str, collections: Sequence[str], query: str) -> list[list[Passage]]:
        """By likeness and by words, of each collection."""
        vector = await asyncio.to_thread(lambda: LexicalEmbeddings().embed_query(query))
        found: list[list[Passage]] = []
        for collection in collections:
            indexed = await self._indexed(workspace, collection)
            if indexed:
                for places in (indexed.index.like(vector), indexed.index.with_words_of(query)):
                    found.append(await self._passages(indexed, places[:FOUND]))
        return found

    async def _passages(self, indexed: Indexed, places: Sequence[int]) -> list[Passage]:
        numbers = [indexed.numbers[place] for place in places]
        known = await self.documents.named(numbers)
        return [known[number] for number in numbers if number in known]

    async def _indexed(self, workspace: str, collection: str) -> Indexed | None:
        state = await self.documents.state(workspace, collection)
        if not state:
            return None
        async with self.lock:
            known = self.opened.get((workspace, collection))
            if known and known[0] == state:
                return known[1]
            place = self.folder / workspace / check_name(collection) / f"{FORM}-{state}"
            indexed = await asyncio.to_thread(read, place) or await self._built(workspace, collection, place)
            self.opened[workspace, collection] = (state, indexed)
            return indexed

    async def _built(self, workspace: str, collection: str, place: Path) -> Indexed:
        rows = await self.documents.passages(workspace, collection)
        return await asyncio.to_thread(build, rows, place)


def build(rows: list[tuple[int, Passage]], place: Path) -> Indexed:
    texts = [searchable(passage) for _, passage in rows]
    indexed = Indexed(Index.of(texts, LexicalEmbeddings().embed_documents(texts)), [number for number, _ in rows])
    place.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=place.parent, prefix=".part-"))
    indexed.index.save(part / "index")
    (part / "numbers.json").write_text(json.dumps(indexed.numbers))
    for old in place.parent.iterdir():
        if old != part:
            shutil.rmtree(old, ignore_errors=True)
    part.rename(place)
    return indexed


def read(place: Path) -> Indexed | None:
    """None where there is no whole one."""
    try:
        numbers = json.loads((place / "numbers.json").read_text())
        indexed = Indexed(Index.open(place / "index"), numbers)
    except DAMAGED:
        return None
    return indexed if indexed.index.vectors.ntotal == len(numbers) else None
