"""The real world as a source of replies."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from langchain_core.embeddings import Embeddings
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import BaseMessage

from app.providers.failures import explain
from app.providers.ledger import Key, Reply
from app.providers.model import Opener, ask
from app.providers.prices import Prices
from app.providers.source import Books
from graph.errors import ModelFailed
from graph.ports import Tool

Found = list[dict[str, str]]
"""`title`, `source` and `text` of each document."""


class Searcher(Protocol):
    async def __call__(self, term: str, books: Books) -> Found:
        """What leaves this machine for it is written into `books`, call by call."""
        ...


@dataclass(frozen=True)
class LiveSource:
    model: Opener[BaseChatModel]
    """Opened for each call, and closed after it: nothing stays open when a run stops."""
    server: str
    """How errors call it."""
    searcher: Searcher
    embeddings: Opener[Embeddings] | None = None
    prices: Prices = Prices()
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))

    async def chat(self, key: Key, messages: list[BaseMessage], tools: Sequence[Tool] = ()) -> Reply:
        async with self.slots, self.model() as model:
            return await ask(model, messages, self.server, self.prices, tools)

    async def search(self, key: Key, term: str, books: Books) -> Reply:
        # Each of its own calls is in the books: all together they are no further one.
        return Reply(json.dumps(await self.searcher(term, books), ensure_ascii=False), outside=False)

    async def embed(self, key: Key, texts: list[str]) -> Reply:
        assert self.embeddings
        try:
            async with self.slots, self.embeddings() as embeddings:
                vectors = await embeddings.aembed_documents(texts)
            if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
                raise ValueError("one vector for each text, all of one length, was asked for")
        except Exception as error:
            name = "the embedding model"
            raise ModelFailed(explain(error, self.server, name, "AUTOIOT_EMBEDDING_MODEL")) from error
        return Reply(json.dumps(vectors))
