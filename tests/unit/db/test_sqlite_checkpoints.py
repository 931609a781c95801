import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.db.address import sqlite_address
from app.db.checkpoints import place
from app.db.sqlite_checkpoints import set_up_sqlite_tables
from app.jobs.setbacks import passes
from app.wiring import open_store


async def test_who_finds_a_new_file_locked_waits(tmp_path: Path) -> None:
    file = tmp_path / "autoiot.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE begun (id)")
    asyncio.get_running_loop().call_later(0.05, other.rollback)
    await set_up_sqlite_tables(file)
    other.close()
    with contextlib.closing(sqlite3.connect(file)) as later:
        assert later.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)


async def test_a_checkpoint_that_cannot_be_read_fails_as_any_other_statement(tmp_path: Path) -> None:
    async with open_store(sqlite_address(tmp_path / "autoiot.db")) as (database, checkpoints):
        async with database.write.begin() as session:
            await session.execute(text("DROP TABLE checkpoints"))
        with pytest.raises(OperationalError) as removing:
            await checkpoints.delete("one")
        with pytest.raises(OperationalError) as reading:
            async with checkpoints.look() as saver:
                await saver.aget_tuple(place("one"))
        assert passes(removing.value) and passes(reading.value)
        assert isinstance(reading.value.__cause__, sqlite3.OperationalError)
