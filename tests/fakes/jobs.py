"""Jobs with a source and a sandbox of the test's own, over a real database."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from fakes.source import make_task
from sqlalchemy import URL

from app.db.address import is_postgres, libpq_address, sqlite_address
from app.db.fence import Fence
from app.db.migrate import migrate
from app.db.session import Database
from app.jobs.request import RunRequest
from app.jobs.runs import Runs
from app.jobs.service import Jobs
from app.knowledge.documents import Documents
from app.knowledge.shelf import Shelf
from app.providers.source import Source
from app.queue.embedded import EmbeddedQueue, EmbeddedWorker
from app.queue.team import TeamQueue, TeamWorker, open_team_queue
from app.queue.worker import Worker
from app.wiring import DATABASE, open_store
from graph.errors import RunFailed
from sandbox.base import Sandbox


@contextlib.asynccontextmanager
async def opened_jobs(
    home: Path, source: Source, sandbox: Sandbox, url: URL | None = None, **more: Any
) -> AsyncGenerator[Jobs]:
    """On SQLite in `home`, or on the database at `url`."""
    async with open_store(url or sqlite_address(home / DATABASE)) as (database, checkpoints):
        shelf = Shelf(Documents(database), home / "knowledge")
        yield Jobs(home, database, checkpoints, lambda _: source, lambda _: sandbox, shelf, **more)


@contextlib.asynccontextmanager
async def opened_queue(url: URL) -> AsyncGenerator[TeamQueue | EmbeddedQueue]:
    """The one that goes with the database at `url`."""
    if not is_postgres(url):
        yield EmbeddedQueue()
        return
    await migrate(url)
    async with open_team_queue(libpq_address(url)) as queue:
        yield queue


def make_worker(jobs: Jobs, at_once: int, drain: float = 0.0) -> Worker:
    """For the queue of these jobs; steps in progress are stopped after `drain` seconds."""
    if isinstance(jobs.queue, TeamQueue):
        return TeamWorker(jobs, jobs.queue.app, at_once, drain=drain)
    assert isinstance(jobs.queue, EmbeddedQueue)
    return EmbeddedWorker(jobs, jobs.queue.woken, at_once, drain=drain)


def make_request(folder: Path) -> RunRequest:
    return RunRequest(
        task=make_task(),
        base=folder,
        dataset=folder / "data",
        description=None,
        model="scripted",
        sandbox="process",
        out=folder / "out",
    )


async def claimed(database: Database, run: str, worker: str = "here#1") -> Fence:
    """A run that `worker` has: added where it is missing, taken from whoever had it."""
    runs = Runs(database)
    if run not in [row.id for row in await runs.all()]:
        await runs.add(run, make_request(Path("/nowhere")))
    while True:
        with contextlib.suppress(RunFailed):
            return await runs.claim(await runs.get(run), worker, dead=True)
        # Whoever had it gave a sign of life between the reading and the taking.
        await asyncio.sleep(0)
