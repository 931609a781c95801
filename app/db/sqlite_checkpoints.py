"""Checkpoints in a SQLite file of their own; docs/decisions/0007 has the reason."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from app.db.checkpoints import Checkpoints, plain_types
from app.db.engine import LOCK_SECONDS


@dataclass(frozen=True)
class SqliteCheckpoints(Checkpoints):
    file: Path

    @contextlib.asynccontextmanager
    async def look(self) -> AsyncGenerator[AsyncSqliteSaver]:
        async with aiosqlite.connect(self.file, timeout=LOCK_SECONDS) as connection:
            # As the other file: with WAL, which the saver sets, a kill loses nothing.
            await connection.execute("PRAGMA synchronous=NORMAL")
            yield AsyncSqliteSaver(connection, serde=plain_types())
