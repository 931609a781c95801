"""The queue of a team: procrastinate, in the Postgres database of the jobs, for workers on any number of machines.

The table of runs stays the truth about every job. What procrastinate delivers is only a hint to look at one: a hint
too many finds a job that is not queued any more.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.errors import database_failure
from app.db.tables import now
from app.jobs.service import Jobs
from app.queue.crew import DRAIN, QUEUES, Crew
from app.queue.silence import LEASE, Silence

TASK = "autoiot.run"
LOOK = 1.0
"""Seconds between two looks at who is gone, and for what is due by now: only what is new rings."""
BEAT = 2.0
UNHINTED = text(
    "SELECT id, queue FROM runs WHERE status = 'queued' AND queue = ANY(:queues) AND due <= :now AND NOT EXISTS ("
    "SELECT 1 FROM procrastinate_jobs WHERE task_name = :task AND args ->> 'run' = runs.id"
    " AND status IN ('todo', 'doing'))"
)

log = logging.getLogger(__name__)


async def run_job(context: JobContext, run: str) -> None:
    await context.additional_context["crew"].run(run)


def make_app(address: str) -> App:
    """`address` is libpq's."""
    connector = PsycopgConnector(conninfo=address, min_size=1, max_size=4)
    app = App(connector=connector)
    app.task(name=TASK, pass_context=True)(run_job)
    return app


@dataclass(frozen=True)
class TeamQueue:
    app: App

    async def put(
        self, session: AsyncSession, run: str, queue: str, delay: float = 0.0, *, begun: bool = False
    ) -> None:
        raw = await (await session.connection()).get_raw_connection()
        wait = {"seconds": int(delay)} if delay >= 1 else None
        deferred = self.app.configure_task(
            TASK, queue=queue, priority=int(begun), schedule_in=wait, connection=raw.driver_connection
        )
        await deferred.defer_async(run=run)


@contextlib.asynccontextmanager
async def open_team_queue(address: str) -> AsyncGenerator[TeamQueue]:
    async with make_app(address).open_async() as app:
        yield TeamQueue(app)


@dataclass(frozen=True)
class TeamWorker:
    jobs: Jobs
    app: App
    at_once: int
    queues: Collection[str] = QUEUES
    drain: float = DRAIN
    lease: float = LEASE

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        if not self.at_once:
            yield
            return
        crew = Crew(self.jobs)
        taking, reaping = asyncio.create_task(self._take(crew)), asyncio.create_task(self._reap())
        try:
            yield
        finally:
            crew.stop()
            await asyncio.gather(end(taking, self.drain + LOOK), end(reaping, LOOK))

    async def _take(self, crew: Crew) -> None:
        while True:
            try:
                await self._take_until_it_fails(crew)
            except ProcrastinateException as error:
                log.warning("the queue cannot be read, trying again: %s", error)
            await asyncio.sleep(LOOK)

    async def _take_until_it_fails(self, crew: Crew) -> None:
        await self.app.run_worker_async(
            queues=list(self.queues),
            concurrency=self.at_once,
            fetch_job_polling_interval=LOOK,
            shutdown_graceful_timeout=self.drain,
            delete_jobs="always",
            additional_context={"crew": crew},
            install_signal_handlers=False,
            update_heartbeat_interval=BEAT,
            stalled_worker_timeout=self.lease,
        )

    async def _reap(self) -> None:
        silence = Silence(self.lease)
        while True:
            try:
                await self._look(silence)
            except Exception as error:  # noqa: BLE001 (whatever it is, no lost job would be found any more)
                log.warning("lost jobs cannot be looked for, trying again: %s", database_failure(error) or error)
            await asyncio.sleep(LOOK)

    async def _look(self, silence: Silence) -> None:
        """Jobs whose worker is gone go back into the queue, and so does what it had taken but not begun.

        A hint whose job could not be claimed, since the database failed just then, is given again.
        """
        runs, place = self.jobs.runs, self.jobs.place
        rows = await runs.in_hand(self.queues)
        silent = silence.of(rows, time.monotonic())
        for row in rows:
            if (row in silent or place.is_gone(row)) and await runs.reap(row):
                log.warning("%s: taken from %s, which gives no sign of life", row.id, row.worker)
        for stalled in await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self.lease):
            await self.app.job_manager.retry_job(stalled)
        async with self.jobs.database.write.begin() as session:
            for run, queue in await session.execute(
                UNHINTED, {"task": TASK, "queues": list(self.queues), "now": now()}
            ):
                await self.jobs.runs.queue.put(session, run, queue, begun=True)


async def end(task: asyncio.Task[None], patience: float) -> None:
    """Cancels it, and again every `patience` seconds: Python 3.11's `wait_for`, inside a driver, may lose that."""
    while not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=patience)
