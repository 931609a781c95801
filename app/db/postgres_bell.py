"""The bell over Postgres: LISTEN and NOTIFY, so that other processes and machines hear it, too."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import psycopg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.bell import Followers
from app.db.engine import CONNECT_SECONDS

CHANNEL = "autoiot_runs"
RECONNECT = 1.0
"""Seconds before a lost connection is tried again."""


class PostgresBell:
    """One connection listens for the whole process, from the first follower on."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._followers = Followers()
        self._listening: asyncio.Task[None] | None = None

    async def announce(self, session: AsyncSession, run: str) -> None:
        await session.execute(select(func.pg_notify(CHANNEL, run)))

    @contextlib.asynccontextmanager
    async def hear(self, run: str) -> AsyncGenerator[asyncio.Event]:
        with self._followers.joined(run) as woken:
            if self._listening is None:
                self._listening = asyncio.create_task(self._listen())
            yield woken

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(
                    self._address, autocommit=True, connect_timeout=CONNECT_SECONDS
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    # What was told while nobody listened is not told again.
                    self._followers.wake_all()
                    async for note in connection.notifies():
                        self._followers.wake(note.payload)
            await asyncio.sleep(RECONNECT)
