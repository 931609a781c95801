"""Where replies come from: the real world, or a recording of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from langchain_core.messages import BaseMessage

from app.db.tables import CallRow
from app.providers.ledger import Key, Reply
from graph.ports import Tool


@dataclass(frozen=True)
class Books:
    """What a search that makes several calls of its own keeps account with: each of them is paid once, too."""

    once: Callable[[Key, str, Callable[[], Awaitable[Reply]]], Awaitable[CallRow]]
    """`Ledger.once`."""
    tell: Callable[[str], None]
    """One line for the person who follows the job, such as that a source does not answer."""


class Source(Protocol):
    async def chat(self, key: Key, messages: list[BaseMessage], tools: Sequence[Tool] = ()) -> Reply:
        """`text` is the answer, or what `app.providers.tool_calls` makes of a reply that calls `tools`.

        Raises ToolsRefused where the server does not know tools.
        """
        ...

    async def search(self, key: Key, term: str, books: Books) -> Reply:
        """`text` is a JSON list of `{"title", "source", "text"}`."""
        ...

    async def embed(self, key: Key, texts: list[str]) -> Reply:
        """`text` is a JSON list of vectors."""
        ...
