import asyncio
import contextlib
import sqlite3
from pathlib import Path

from app.db.sqlite_checkpoints import set_up_sqlite_tables


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
