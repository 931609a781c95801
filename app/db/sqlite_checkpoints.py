"""Checkpoints in the one file of SQLite, through a connection that SQLAlchemy has opened."""

import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from sqlalchemy.exc import DBAPIError

from app.db.checkpoints import plain_types
from app.db.engine import LOCK_SECONDS
from app.db.inline import InlineConnection, InlineCursor


class SqliteSaver(AsyncSqliteSaver):
    """LangGraph's, where its tables are there and somebody else begins and ends the transaction."""

    def __init__(self, connection: InlineConnection) -> None:
        within: Any = WithinTransaction(connection)
        super().__init__(within, serde=plain_types())
        self.is_setup = True


class WithinTransaction:
    """As far as LangGraph uses a connection of aiosqlite; errors are those of SQLAlchemy, as of any other statement."""

    def __init__(self, connection: InlineConnection) -> None:
        self._connection = connection

    @contextlib.asynccontextmanager
    async def cursor(self) -> AsyncGenerator[InlineCursor]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        except sqlite3.Error as error:
            raise DBAPIError.instance(None, None, error, sqlite3.Error) from error
        finally:
            await cursor.close()

    @contextlib.asynccontextmanager
    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> AsyncGenerator[InlineCursor]:
        async with self.cursor() as cursor:
            yield await cursor.execute(statement, parameters)

    async def commit(self) -> None:
        """Done by whoever began."""


async def set_up_sqlite_tables(file: Path) -> None:
    """LangGraph's own, where they are missing."""
    async with aiosqlite.connect(file, timeout=LOCK_SECONDS) as connection:
        await AsyncSqliteSaver(connection).setup()
