import asyncio
import contextlib
import sqlite3
from pathlib import Path

from app.db.sqlite_checkpoints import open_sqlite_checkpoints


async def test_who_finds_a_new_file_locked_waits(tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("CREATE TABLE begun (id)")
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.05, other.rollback)
    async with (await open_sqlite_checkpoints(file)).look() as saver:
        await saver.setup()
    other.close()
    with contextlib.closing(sqlite3.connect(file)) as later:
        assert later.execute("PRAGMA journal_mode").fetchone() == ("wal",)
