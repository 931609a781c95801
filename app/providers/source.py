"""Where replies come from: the real world, or a recording of it."""

from typing import Protocol

from langchain_core.messages import BaseMessage

from app.providers.ledger import Key, Reply


class Source(Protocol):
    async def chat(self, key: Key, messages: list[BaseMessage]) -> Reply: ...

    async def search(self, key: Key, term: str) -> Reply:
        """`text` is a JSON list of `{"title", "source", "text"}`."""
        ...

    async def embed(self, key: Key, texts: list[str]) -> Reply:
        """`text` is a JSON list of vectors."""
        ...
