"""Connections to a file of SQLite that do their work in the event loop, with the face of aiosqlite's.

aiosqlite hands every statement to a thread and back, some seven times for one query: under load that costs more than
the query does. Here only waiting for another writer gives way to the loop. What is left in it is short: reads of an
index, and commits, which in WAL mode with `synchronous=NORMAL` wait for the disk once in a thousand pages.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any, Self

PAUSE = 0.002
"""Seconds between two looks whether another process has let go of the lock."""
WRITING = "BEGIN IMMEDIATE"
"""Begins a transaction that has the one lock of writers from its beginning to its end."""


class InlineConnection:
    """As far as SQLAlchemy uses a connection of aiosqlite."""

    isolation_level = None
    """Transactions begin where we begin them, not by themselves, DEFERRED and only before the first write."""

    def __init__(self, file: str, turn: asyncio.Lock, patience: float) -> None:
        """Writers of one process take turns by `turn`; for another process they wait `patience` seconds."""
        # What a thread's garbage collector finds, it may close.
        self._connection = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
        self._turn, self._has_turn, self._patience = turn, False, patience

    async def execute(self, cursor: sqlite3.Cursor, statement: str, *parameters: Any) -> None:
        if statement == WRITING:
            # Without a line to stand in, some would find the lock taken each time they look.
            await self._turn.acquire()
            self._has_turn = True
        end = time.monotonic() + self._patience
        while True:
            try:
                cursor.execute(statement, *parameters)
                return
            except sqlite3.OperationalError as error:
                # Not its kin, such as BUSY_SNAPSHOT, which no waiting heals.
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            await asyncio.sleep(PAUSE)

    def cursor(self) -> "InlineCursor":
        return InlineCursor(self, self._connection.cursor())

    async def create_function(self, name: str, arguments: int, function: Callable[..., Any], **how: Any) -> None:
        self._connection.create_function(name, arguments, function, **how)

    async def commit(self) -> None:
        self._connection.commit()
        self._end_turn()

    async def rollback(self) -> None:
        self._connection.rollback()
        self._end_turn()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        # SQLite keeps a closed connection, with the lock of all writers, for as long as one of its cursors is alive.
        self._connection.rollback()
        self._connection.close()
        self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turn.release()


class InlineCursor:
    """As far as SQLAlchemy and LangGraph use a cursor of aiosqlite."""

    def __init__(self, connection: InlineConnection, cursor: sqlite3.Cursor) -> None:
        self._connection, self._cursor = connection, cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, *parameters: Any) -> Self:
        await self._connection.execute(self._cursor, statement, *parameters)
        return self

    async def executemany(self, statement: str, parameters: Any) -> Self:
        self._cursor.executemany(statement, parameters)
        return self

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def __aiter__(self) -> AsyncGenerator[Any]:
        for row in self._cursor:
            yield row

    async def close(self) -> None:
        self._cursor.close()
