"""A database server that was started anew: what it has ended is not used again."""

import asyncio

import pytest
from fakes.jobs import claimed
from fakes.postgres import PostgresServer
from sqlalchemy import URL, text

from app.db.checkpoints import Checkpoints, place
from app.db.session import Database

pytestmark = pytest.mark.parametrize("url", ["postgres"], indirect=True)

CLIENTS = "AND backend_type = 'client backend'"
"""Autovacuum comes and goes."""


async def use(database: Database, checkpoints: Checkpoints, run: str) -> None:
    await claimed(database, run)
    async with database.read() as session:
        assert await session.scalar(text("SELECT pg_sleep(0.05)")) == ""
    async with checkpoints.look() as saver:
        assert await saver.aget_tuple(place(run)) is None


async def test_connections_that_the_server_has_ended_are_made_anew(
    url: URL, database: Database, checkpoints: Checkpoints, postgres: PostgresServer
) -> None:
    await asyncio.gather(*(use(database, checkpoints, f"a{number}") for number in range(4)))
    await asyncio.to_thread(postgres.shut, url)
    await asyncio.to_thread(postgres.open, url)
    await asyncio.gather(*(use(database, checkpoints, f"b{number}") for number in range(4)))


async def test_connections_that_are_well_are_used_again(
    database: Database, checkpoints: Checkpoints, postgres: PostgresServer, url: URL
) -> None:
    await use(database, checkpoints, "a")
    found = f"SELECT pid FROM pg_stat_activity WHERE datname = '{url.database}' {CLIENTS} ORDER BY pid"
    before = await asyncio.to_thread(postgres.execute, found)
    await use(database, checkpoints, "b")
    assert await asyncio.to_thread(postgres.execute, found) == before
