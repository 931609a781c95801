"""A task may be cancelled in the midst of a write, at any moment: the next writer must not find the database locked."""

import asyncio
import gc
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from app.db.session import Database
from app.db.tables import RunRow

MOMENTS = 150


@pytest.fixture
def no_collection() -> Iterator[None]:
    """What a cancelled task leaves in a cycle stays, as it may for minutes in a server."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
async def test_a_cancelled_writer_leaves_no_lock(database: Database) -> None:
    async with database.write.begin() as session:
        session.add(RunRow(id="one", status="running", request={}))
    for moment in range(MOMENTS):
        writers = [asyncio.create_task(write_on(database)) for _ in range(3)]
        await asyncio.sleep(moment / MOMENTS * 0.03)
        for writer in writers:
            writer.cancel()
        ended = await asyncio.gather(*writers, return_exceptions=True)
        assert all(isinstance(error, asyncio.CancelledError) for error in ended)
        # Raises OperationalError where the lock is still held.
        await write(database)


async def write_on(database: Database) -> None:
    while True:
        await write(database)


async def write(database: Database) -> None:
    changed = update(RunRow).where(RunRow.id == "one").values(attempt=RunRow.attempt + 1).returning(RunRow.attempt)
    async with database.write.begin() as session:
        for _ in range(3):
            assert await session.scalar(changed)
