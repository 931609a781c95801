"""The queue of a server that has SQLite: the table of runs itself, from which its own process takes the jobs."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.errors import database_failure
from app.jobs.service import Jobs
from app.queue.crew import DRAIN, QUEUES, Crew

LOOK = 5.0
"""Seconds after which it looks without being told: another process may have queued something, or it was not due."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbeddedQueue:
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def put(
        self, session: AsyncSession, run: str, queue: str, delay: float = 0.0, *, begun: bool = False
    ) -> None:
        event.listen(session.sync_session, "after_commit", lambda _: self.woken.set(), once=True)


@dataclass(frozen=True)
class EmbeddedWorker:
    jobs: Jobs
    woken: asyncio.Event
    at_once: int
    drain: float = DRAIN
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, "asyncio.Task[None]"])

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        crew = Crew(self.jobs)
        taking = asyncio.create_task(self._take(crew))
        try:
            yield
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
            await self._stop(crew)

    async def _take(self, crew: Crew) -> None:
        while True:
            self.woken.clear()
            try:
                await self._look(crew)
            except Exception as error:  # noqa: BLE001 (whatever it is, no job would be taken any more)
                log.warning("the queue cannot be read, trying again: %s", database_failure(error) or error)
            # Not `wait_for`: Python 3.11's loses a cancellation that comes together with what it waits for.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self.woken.wait()

    async def _look(self, crew: Crew) -> None:
        await self._reap()
        for run in await self.jobs.runs.queued(QUEUES):
            if run not in self.tasks and len(self.tasks) < self.at_once:
                self._start(crew, run)

    async def _reap(self) -> None:
        """What a killed server of this home was running, or this one could not let go of when its database failed."""
        for row in await self.jobs.runs.in_hand(QUEUES):
            if self.jobs.place.is_dead(row):
                await self.jobs.runs.reap(row)

    def _start(self, crew: Crew, run: str) -> None:
        task = asyncio.create_task(crew.run(run))
        self.tasks[run] = task
        task.add_done_callback(lambda _: self._ended(run))

    def _ended(self, run: str) -> None:
        self.tasks.pop(run, None)
        self.woken.set()

    async def _stop(self, crew: Crew) -> None:
        left = list(self.tasks.values())
        crew.stop()
        if left:
            await asyncio.wait(left, timeout=self.drain)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
