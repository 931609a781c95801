"""What goes when it has been kept long enough: checkpoints of ended jobs, whole jobs, then artifacts that none uses."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.artifacts.sweeping import GRACE, Unused, sweep, unused
from app.db.tables import RunRow, ago, stamp
from app.jobs.lifecycle import ENDED, ChangeRefused
from app.jobs.service import Jobs
from graph.errors import RunUnknown
from sandbox.inventory import size_of

DAY = 24 * 3600
EVERY = 3600.0
"""Seconds between two looks."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keeping:
    """How many days after its end; None: for ever."""

    checkpoints: float | None = None
    jobs: float | None = None


@dataclass(frozen=True)
class Plan:
    """Runs, the one that ended first at the head."""

    checkpoints: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()


def plan(rows: Iterable[RunRow], keeping: Keeping) -> Plan:
    """Nothing of a job that can go on, however old it is."""
    ended = sorted((row for row in rows if row.status in ENDED and row.ended), key=lambda row: row.ended or "")
    jobs = [row.id for row in ended if is_over(row.ended, keeping.jobs)]
    old = [row.id for row in ended if row.pruned is None and is_over(row.ended, keeping.checkpoints)]
    return Plan(tuple(run for run in old if run not in set(jobs)), tuple(jobs))


def is_over(ended: str | None, days: float | None) -> bool:
    return ended is not None and days is not None and ended < ago(days * DAY)


def checkpoints_until(row: RunRow, days: float | None) -> str | None:
    """When they go; None while that is not known, and where they stay or have gone."""
    if days is None or row.status not in ENDED or not row.ended or row.pruned:
        return None
    return stamp(datetime.fromisoformat(row.ended) + timedelta(days=days))


@dataclass(frozen=True)
class Retention:
    """Several processes may do this at once: what is gone already is no failure."""

    jobs: Jobs
    keeping: Keeping
    grace: float = GRACE
    """Seconds for which an artifact stays that no job uses."""

    async def plan(self) -> Plan:
        return plan(await self.jobs.runs.all(), self.keeping)

    async def bytes(self, found: Plan) -> int:
        """In the folders of the jobs that go; what a database gives back is its own affair."""
        folders = [self.jobs.home / "runs" / run for run in found.jobs]
        return await asyncio.to_thread(lambda: sum(map(size_of, folders)))

    async def unused(self) -> Unused:
        """Artifacts of jobs that were deleted, by this or by a person, a day ago or earlier."""
        return await asyncio.to_thread(unused, self.jobs.artifacts.folder, self.grace)

    async def sweep(self) -> Unused:
        found = await self.unused()
        await asyncio.to_thread(sweep, found)
        return found

    async def prune(self, found: Plan) -> None:
        for run in found.checkpoints:
            # The mark first: a kill in between leaves some rows, and no job whose checkpoints seem to be there.
            if await self.jobs.runs.mark_pruned(run):
                await self.jobs.checkpoints.delete(run)
        for run in found.jobs:
            with contextlib.suppress(RunUnknown, ChangeRefused):
                await self.jobs.delete(run)

    async def regularly(self, every: float = EVERY) -> NoReturn:
        while True:
            try:
                found = await self.plan()
                await self.prune(found)
                swept = await self.sweep()
                if found != Plan() or swept.files:
                    gone = len(found.jobs), len(found.checkpoints), len(swept.files)
                    log.info("removed %d jobs, the checkpoints of %d and %d artifacts", *gone)
            except (SQLAlchemyError, psycopg.Error, OSError) as error:
                log.warning("old jobs could not be removed; the next try is in %.0f s: %s", every, error)
            except Exception:
                # Else nothing would be removed any more until the server starts anew.
                log.exception("old jobs could not be removed; the next try is in %.0f s", every)
            await asyncio.sleep(every)

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        task = asyncio.create_task(self.regularly())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
