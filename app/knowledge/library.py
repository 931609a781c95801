"""The `Library` port: searches through the ledger, passages by likeness."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from langchain_text_splitters import RecursiveCharacterTextSplitter

from app.artifacts.store import ArtifactStore
from app.knowledge.index import nearest
from app.knowledge.lexical import LexicalEmbeddings
from app.providers.ledger import Key, Ledger
from app.providers.source import Source
from graph.ports import Passage

PASSAGE_CHARACTERS = 1200
PASSAGES = 5

Embed = Callable[[list[str]], Awaitable[list[list[float]]]]


@dataclass(frozen=True)
class LedgeredLibrary:
    ledger: Ledger
    source: Source
    artifacts: ArtifactStore
    embed: Embed

    async def search(self, term: str) -> list[str]:
        key = Key("search", "search", item=term)
        row = await self.ledger.once(key, term, lambda: self.source.search(key, term))
        return [self.artifacts.put(json.dumps(found).encode()) for found in json.loads(row.reply)]

    async def passages(self, documents: list[str], query: str) -> list[Passage]:
        found = [passage for reference in dict.fromkeys(documents) for passage in self._split(reference)]
        # The same text from two sources is one passage.
        passages = list({passage.id: passage for passage in reversed(found)}.values())[::-1]
        if not passages:
            return []
        vectors = await self.embed([*(passage.text for passage in passages), query[:8000]])
        return [passages[place] for place in nearest(vectors[:-1], vectors[-1], PASSAGES)]

    def _split(self, reference: str) -> list[Passage]:
        document = json.loads(self.artifacts.get(reference))
        splitter = RecursiveCharacterTextSplitter(chunk_size=PASSAGE_CHARACTERS, chunk_overlap=100)
        return [
            Passage(hashlib.sha256(text.encode()).hexdigest()[:6], document["title"], document["source"], text)
            for text in splitter.split_text(document["text"])
        ]


async def embed_lexically(texts: list[str]) -> list[list[float]]:
    return LexicalEmbeddings().embed_documents(texts)


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
