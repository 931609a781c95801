"""Checkpoints in a SQLite file of their own; docs/decisions/0007 has the reason."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from app.db.checkpoints import Checkpoints, plain_types
from app.db.engine import LOCK_SECONDS
from app.db.inline import InlineConnection


@dataclass(frozen=True)
class SqliteCheckpoints(Checkpoints):
    file: Path

    @contextlib.asynccontextmanager
    async def look(self) -> AsyncGenerator[AsyncSqliteSaver]:
        async with aiosqlite.connect(self.file, timeout=LOCK_SECONDS) as connection:
            # As the other file: with WAL a kill loses nothing.
            await connection.execute("PRAGMA synchronous=NORMAL")
            yield AsyncSqliteSaver(connection, serde=plain_types())


async def open_sqlite_checkpoints(file: Path) -> SqliteCheckpoints:
    """Those in `file`, which is made where it is missing, with its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = InlineConnection(str(file), asyncio.Lock(), LOCK_SECONDS)
    try:
        # Savers set that too, but to change it SQLite does not wait: of two that find a new file, one would fail.
        await connection.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        await connection.close()
    return SqliteCheckpoints(file)
