"""The passages that are nearest to a question: of what a job has found, and of the kept knowledge that it was given."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from app.artifacts.store import ArtifactStore
from app.knowledge.index import Index, fused
from app.knowledge.lexical import LexicalEmbeddings
from app.knowledge.searchable import searchable
from app.knowledge.shelf import Shelf
from app.knowledge.splitting import split
from app.providers.ledger import Key, Ledger
from app.providers.source import Source
from graph.ports import Passage

PASSAGES = 5
MOST_QUERY = 8000
"""Characters of a question that take part."""
Embed = Callable[[list[str]], Awaitable[list[list[float]]]]


@dataclass(frozen=True)
class Given:
    """Collections of the job's workspace."""

    shelf: Shelf
    workspace: str
    collections: tuple[str, ...]

    async def rankings(self, query: str) -> list[list[Passage]]:
        return await self.shelf.rankings(self.workspace, self.collections, query)


@dataclass(frozen=True)
class Retrieval:
    artifacts: ArtifactStore
    embed: Embed
    given: Given | None = None
    built: dict[frozenset[str], tuple[list[Passage], Index | None]] = field(
        default_factory=dict[frozenset[str], "tuple[list[Passage], Index | None]"]
    )
    """By the documents in it: most steps look into the same ones."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def passages(self, documents: list[str], query: str) -> list[Passage]:
        """At most five, the best first, each text once."""
        asked = query[:MOST_QUERY]
        rankings = await self._found(documents, asked)
        if self.given:
            rankings += await self.given.rankings(asked)
        by_id = {passage.id: passage for ranking in reversed(rankings) for passage in reversed(ranking)}
        order = fused([[passage.id for passage in ranking] for ranking in rankings])
        return [by_id[name] for name in order[:PASSAGES]]

    async def _found(self, documents: list[str], query: str) -> list[list[Passage]]:
        async with self.lock:
            key = frozenset(documents)
            if key not in self.built:
                self.built[key] = await self._build(list(dict.fromkeys(documents)))
            passages, index = self.built[key]
        if index is None:
            return []
        (vector,) = await self.embed([query])
        return [[passages[place] for place in places] for places in (index.like(vector), index.with_words_of(query))]

    async def _build(self, documents: list[str]) -> tuple[list[Passage], Index | None]:
        passages = await asyncio.to_thread(self._split, documents)
        texts = [searchable(passage) for passage in passages]
        if not texts:
            return [], None
        vectors = await self.embed(texts)
        return passages, await asyncio.to_thread(Index.of, texts, vectors)

    def _split(self, documents: list[str]) -> list[Passage]:
        # The same text from two sources is one passage, of the first of them.
        found: dict[str, Passage] = {}
        for reference in documents:
            document = json.loads(self.artifacts.get(reference))
            for passage in split(document["title"], document["source"], document["text"]):
                found.setdefault(passage.id, passage)
        return list(found.values())


async def embed_lexically(texts: list[str]) -> list[list[float]]:
    return await asyncio.to_thread(LexicalEmbeddings().embed_documents, texts)


@dataclass(frozen=True)
class LedgeredEmbeddings:
    """Vectors from outside, each batch of texts paid once."""

    ledger: Ledger
    source: Source

    async def __call__(self, texts: list[str]) -> list[list[float]]:
        request = json.dumps(texts, ensure_ascii=False)
        key = Key("embedding", "library", item=hashlib.sha256(request.encode("utf-8", "replace")).hexdigest()[:16])
        row = await self.ledger.once(key, request, lambda: self.source.embed(key, texts))
        return json.loads(row.reply)
