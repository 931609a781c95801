"""Connections to either database, set up the same way for everybody."""

import asyncio
import select
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.db.address import is_postgres
from app.db.inline import InlineConnection

LOCK_SECONDS = 20
"""How long a writer waits for another one on SQLite."""
CONNECT_SECONDS = 10
IDLE_LIMIT = "SET idle_in_transaction_session_timeout = '5s'"
"""A process that is stopped, or cut off, in the midst of a transaction must not keep what it has locked from others."""


def make_engine(url: URL, *, foreign_keys: bool = True) -> AsyncEngine:
    """Transactions of an engine with the execution option `sqlite_begin="IMMEDIATE"` take SQLite's lock at once.

    Its errors do not show the values of a statement: a model's reply may be among them.
    """
    if is_postgres(url):
        engine = create_async_engine(url, hide_parameters=True, connect_args={"connect_timeout": CONNECT_SECONDS})
        event.listen(engine.sync_engine, "connect", _bound_idleness)
        event.listen(engine.sync_engine, "checkout", _refuse_ended)
        return engine

    turn = asyncio.Lock()

    async def connect() -> InlineConnection:
        connection = InlineConnection(url.database or "", turn, LOCK_SECONDS)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"foreign_keys={'ON' if foreign_keys else 'OFF'}"):
            await connection.cursor().execute(f"PRAGMA {pragma}")
        return connection

    # As many as are wanted: whoever waits, waits for the turn to write, and the pool has no line to stand in.
    engine = create_async_engine(url, hide_parameters=True, async_creator=connect, max_overflow=-1)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def is_ended(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Whether the server has ended a connection that nobody uses: it says so, and then there is something to read.

    To ask it instead, each time, would be a further turn with the database for every transaction.
    """
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))


def _refuse_ended(_: Any, record: Any, __: Any) -> None:
    # The pool makes a new one then.
    if is_ended(record.driver_connection):
        raise DisconnectionError("the server has ended this connection")


def _bound_idleness(connection: Any, _: Any) -> None:
    connection.cursor().execute(IDLE_LIMIT)
    # Else it would go with the first transaction that is rolled back.
    connection.commit()


def _begin(connection: Connection) -> None:
    # A transaction that reads and only then writes fails at once, without waiting, where another one has written.
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")
