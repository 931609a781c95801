"""Checkpoints in the tables that LangGraph makes in the same Postgres database."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import DictRow, dict_row

from app.db.checkpoints import plain_types
from app.db.engine import CONNECT_SECONDS

LOCK = 4_118_205_378
"""Ours among the advisory locks of a Postgres database; not the one of our own migrations."""
POLL = 0.1


class OneByOne(psycopg.AsyncCursor[DictRow]):
    """Sends no statement before the one before it has ended."""

    async def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        for parameters in params_seq:
            await self.execute(query, parameters)


class PostgresSaver(AsyncPostgresSaver):
    """LangGraph's, over one connection, without pipelines.

    A process that is stopped in the midst of a pipeline keeps what it has locked: to Postgres it does not idle, so that
    its transaction is never ended, and nobody could take its run.
    """

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        super().__init__(connection, serde=plain_types())
        self.connection = connection

    @contextlib.asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncGenerator[psycopg.AsyncCursor[DictRow]]:
        async with OneByOne(self.connection, row_factory=dict_row) as cursor:
            cursor.format = psycopg.pq.Format.BINARY
            yield cursor


async def set_up_postgres_tables(address: str) -> None:
    """LangGraph's own migrations, one process at a time.

    Raises:
        psycopg.OperationalError: the server cannot be reached.
    """
    async with await psycopg.AsyncConnection[DictRow].connect(
        address, autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_SECONDS
    ) as connection:
        if await is_set_up(connection):
            return
        await take_lock(connection)
        await AsyncPostgresSaver(connection).setup()


async def take_lock(connection: psycopg.AsyncConnection[DictRow]) -> None:
    """Until the connection is closed."""
    # Tried again and again: CREATE INDEX CONCURRENTLY waits for whoever waits inside Postgres for a lock.
    while True:
        if await value(connection, f"SELECT pg_try_advisory_lock({LOCK}) AS value"):
            return
        await asyncio.sleep(POLL)


async def is_set_up(connection: psycopg.AsyncConnection[DictRow]) -> bool:
    if not await value(connection, "SELECT to_regclass('checkpoint_migrations') IS NOT NULL AS value"):
        return False
    done = await value(connection, "SELECT max(v) AS value FROM checkpoint_migrations")
    return done is not None and done >= len(AsyncPostgresSaver.MIGRATIONS) - 1


async def value(connection: psycopg.AsyncConnection[DictRow], query: str) -> Any:
    row = await (await connection.execute(query.encode())).fetchone()
    return row and row["value"]
