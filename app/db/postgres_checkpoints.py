"""Checkpoints in the tables that LangGraph makes in the same Postgres database."""

import asyncio
from typing import Any

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import DictRow, dict_row

from app.db.checkpoints import plain_types
from app.db.engine import CONNECT_SECONDS

LOCK = 4_118_205_378
"""Ours among the advisory locks of a Postgres database; not the one of our own migrations."""
POLL = 0.1


class PostgresSaver(AsyncPostgresSaver):
    """LangGraph's, over one connection: a saver that is shared lets only one run write at a time."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        super().__init__(connection, serde=plain_types())


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
