"""Checkpoints in the tables that LangGraph makes in the same Postgres database."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.address import libpq_address
from app.db.checkpoints import Checkpoints, Saver, plain_types
from app.db.engine import CONNECT_SECONDS, IDLE_LIMIT, is_ended

LOCK = 4_118_205_378
"""Ours among the advisory locks of a Postgres database; not the one of our own migrations."""
POLL = 0.1
CONNECTIONS = 16
Pool = AsyncConnectionPool[psycopg.AsyncConnection[DictRow]]


@dataclass(frozen=True)
class PostgresCheckpoints(Checkpoints):
    pool: Pool

    @contextlib.asynccontextmanager
    async def look(self) -> AsyncGenerator[AsyncPostgresSaver]:
        # One for each run: a saver that is shared lets only one of them write at a time.
        yield AsyncPostgresSaver(self.pool, serde=plain_types())

    async def within(self, session: AsyncSession, saver: Saver) -> Saver:
        connection: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        return AsyncPostgresSaver(connection, serde=saver.serde)


@contextlib.asynccontextmanager
async def open_postgres_checkpoints(url: URL) -> AsyncGenerator[PostgresCheckpoints]:
    """Makes LangGraph's tables where they are missing.

    Raises:
        psycopg.OperationalError: the server cannot be reached.
    """
    address = libpq_address(url)
    await set_up_tables(address)
    options: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool = Pool(
        address,
        min_size=0,
        max_size=CONNECTIONS,
        timeout=CONNECT_SECONDS,
        open=False,
        check=refuse_ended,
        configure=bound_idleness,
        kwargs=options,
    )
    async with pool:
        yield PostgresCheckpoints(pool)


async def refuse_ended(connection: psycopg.AsyncConnection[DictRow]) -> None:
    if is_ended(connection):
        # What is closed the pool replaces; what is not, it would offer again.
        await connection.close()
        raise psycopg.OperationalError("the server has ended this connection")


async def bound_idleness(connection: psycopg.AsyncConnection[DictRow]) -> None:
    await connection.execute(IDLE_LIMIT)


async def set_up_tables(address: str) -> None:
    """LangGraph's own migrations, one process at a time."""
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
