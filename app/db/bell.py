"""Wakes whoever follows a run as soon as it has told something."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator
from typing import Protocol

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession


class Bell(Protocol):
    async def announce(self, session: AsyncSession, run: str) -> None:
        """Within the transaction that changes something: followers of `run` wake once it is committed."""
        ...

    def hear(self, run: str) -> contextlib.AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set whenever something of `run` may have changed."""
        ...

    async def close(self) -> None: ...


class Followers:
    """Who waits in this process, by run."""

    def __init__(self) -> None:
        self._events: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextlib.contextmanager
    def joined(self, run: str) -> Generator[asyncio.Event]:
        woken = asyncio.Event()
        self._events[run].add(woken)
        try:
            yield woken
        finally:
            self._events[run].discard(woken)
            if not self._events[run]:
                del self._events[run]

    def wake(self, run: str) -> None:
        for woken in self._events.get(run, ()):
            woken.set()

    def wake_all(self) -> None:
        for run in self._events:
            self.wake(run)

    def __bool__(self) -> bool:
        return bool(self._events)


class LocalBell:
    """For a database that one process writes: no message has to leave it."""

    def __init__(self) -> None:
        self._followers = Followers()

    async def announce(self, session: AsyncSession, run: str) -> None:
        def ring(_: object) -> None:
            self._followers.wake(run)

        event.listen(session.sync_session, "after_commit", ring, once=True)

    @contextlib.asynccontextmanager
    async def hear(self, run: str) -> AsyncGenerator[asyncio.Event]:
        with self._followers.joined(run) as woken:
            yield woken

    async def close(self) -> None:
        """Nothing is open."""
