"""The real world as a source of replies."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Protocol

from langchain_core.embeddings import Embeddings
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import BaseMessage

from app.providers.failures import explain
from app.providers.ledger import Key, Reply
from app.providers.model import Opener, ask
from app.providers.prices import Prices
from graph.errors import ModelFailed

Found = list[dict[str, str]]
"""`title`, `source` and `text` of each document."""


class Searcher(Protocol):
    @property
    def outside(self) -> bool:
        """Whether terms leave this machine."""
        ...

    async def __call__(self, term: str) -> Found: ...


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

    async def chat(self, key: Key, messages: list[BaseMessage]) -> Reply:
        async with self.slots, self.model() as model:
            return await ask(model, messages, self.server, self.prices)

    async def search(self, key: Key, term: str) -> Reply:
        found = json.dumps(await self.searcher(term), ensure_ascii=False)
        return Reply(found, outside=self.searcher.outside)

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
