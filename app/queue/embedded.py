"""Runs the jobs of a server in its own process: what is queued in the table of runs, as many at once as set."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from app.db.errors import LostJob
from app.jobs.heartbeat import JobCancelled
from app.jobs.lifecycle import ChangeRefused
from app.jobs.progress import nobody
from app.jobs.service import Jobs
from graph.errors import AutoiotError
from sandbox.errors import SandboxError

QUEUES = ("cpu", "gpu")
LOOK = 5.0
"""Seconds after which it looks without being told: another process may have queued something."""

log = logging.getLogger(__name__)


@dataclass
class Runner:
    jobs: Jobs
    at_once: int
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, "asyncio.Task[None]"])
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """There is something new in the queue."""
        self.woken.set()

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Takes jobs until the end; what runs then is stopped and goes back into the queue."""
        taking = asyncio.create_task(self._take())
        try:
            yield
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
            await self._give_back()

    async def _take(self) -> None:
        # Those that a killed server of this home was running go on first.
        runs = self.jobs.runs
        left = [row.id for row in await runs.in_hand(QUEUES) if self.jobs.place.is_dead(row)]
        while True:
            self.woken.clear()
            for run in [*left, *await runs.queued(QUEUES)]:
                if run not in self.tasks and len(self.tasks) < self.at_once:
                    self._start(run)
            left = [run for run in left if run not in self.tasks]
            # Not `wait_for`: Python 3.11's loses a cancellation that comes together with what it waits for.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self.woken.wait()

    def _start(self, run: str) -> None:
        task = asyncio.create_task(self._run(run))
        self.tasks[run] = task
        task.add_done_callback(lambda _: self._ended(run))

    def _ended(self, run: str) -> None:
        self.tasks.pop(run, None)
        self.wake()

    async def _run(self, run: str) -> None:
        try:
            await self.jobs.run(run, nobody)
        except (JobCancelled, LostJob, ChangeRefused) as error:
            log.info("%s: %s", run, error)
        except (AutoiotError, SandboxError) as error:
            log.warning("%s: %s", run, error)
        except Exception:
            # The table of runs says that it stopped; the next job must not wait for that bug to be mended.
            log.exception("%s: stopped by a failure of ours", run)

    async def _give_back(self) -> None:
        running = dict(self.tasks)
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        for run in running:
            with contextlib.suppress(ChangeRefused):
                await self.jobs.runs.resume(run)
