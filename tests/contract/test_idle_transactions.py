"""A process that is stopped in the midst of a transaction must not hold up everybody else for ever."""

import asyncio
from typing import Any

import pytest
from fakes.postgres import PostgresServer
from sqlalchemy import text

from app.db.checkpoints import Checkpoints
from app.db.session import Database


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_postgres_ends_transactions_that_idle(database: Database) -> None:
    async with database.write.begin() as session:
        assert await session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5s"


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_checkpoint_that_is_half_written_idles(
    database: Database, checkpoints: Checkpoints, postgres: PostgresServer
) -> None:
    """In the midst of a pipeline Postgres would wait for the rest of it, however long."""
    async with database.write.begin() as session:
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
        saver: Any = await checkpoints.within(session)
        async with saver._cursor(pipeline=True) as cursor:
            await cursor.executemany("SELECT %s::int", [(1,), (2,)])
            found = await asyncio.to_thread(
                postgres.execute, f"SELECT state FROM pg_stat_activity WHERE pid = {backend}"
            )
    assert found == [("idle in transaction",)]
