"""Connections to either database, set up the same way for everybody."""

import asyncio
import contextlib
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.db.address import is_postgres

LOCK_SECONDS = 20
"""How long a writer waits for another one on SQLite."""
CONNECT_SECONDS = 10
IDLE_LIMIT = "SET idle_in_transaction_session_timeout = '5s'"
"""A process that is stopped, or cut off, in the midst of a transaction must not keep what it has locked from others."""


def make_engine(url: URL, *, foreign_keys: bool = True) -> AsyncEngine:
    """Transactions of an engine with the execution option `sqlite_begin="IMMEDIATE"` take SQLite's lock at once."""
    if is_postgres(url):
        engine = create_async_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})
        event.listen(engine.sync_engine, "connect", _bound_idleness)
        return engine
    engine = create_async_engine(url)

    def set_up(connection: Any, _: Any) -> None:
        # sqlite3 would begin by itself, DEFERRED, and only before the first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        # First, since also the change to WAL may have to wait for another process.
        cursor.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"foreign_keys={'ON' if foreign_keys else 'OFF'}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "invalidate", _let_go)
    return engine


def _bound_idleness(connection: Any, _: Any) -> None:
    connection.cursor().execute(IDLE_LIMIT)
    # Else it would go with the first transaction that is rolled back.
    connection.commit()


def _begin(connection: Connection) -> None:
    # A transaction that reads and only then writes fails at once, without waiting, where another one has written.
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


def _let_go(connection: Any, _: object, __: object) -> None:
    # Of a task that was cancelled in the midst of a statement. SQLite keeps a connection, and the lock of all writers,
    # for as long as a cursor of it is in memory: closing it, which comes next, does not end its transaction.
    with contextlib.suppress(Exception, asyncio.CancelledError):
        connection.rollback()
