"""The jobs that this process runs."""

import asyncio
import logging
from dataclasses import dataclass, field

from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl

from app.db.errors import LostJob
from app.jobs.lifecycle import ChangeRefused, JobCancelled
from app.jobs.progress import nobody
from app.jobs.service import Jobs
from app.telemetry.fields import about
from graph.errors import AutoiotError
from sandbox.errors import SandboxError

QUEUES = ("cpu", "gpu")
DRAIN = 15.0
"""Seconds that a step in progress has to end in when its worker is asked to stop."""

log = logging.getLogger(__name__)


@dataclass
class Crew:
    jobs: Jobs
    running: dict[str, RunControl] = field(default_factory=dict[str, RunControl])

    async def run(self, run: str) -> None:
        """To its end, to where it waits, or to where it goes back into the queue; only a stop is raised."""
        if run in self.running:
            return
        with about(job=run):
            await self._work(run)

    async def _work(self, run: str) -> None:
        control = self.running[run] = RunControl()
        try:
            await self.jobs.work(run, nobody, control)
        except GraphDrained:
            log.info("%s: given back after a step", run)
        except (JobCancelled, LostJob, ChangeRefused) as error:
            log.info("%s: %s", run, error)
        except (AutoiotError, SandboxError) as error:
            log.warning("%s: %s", run, error)
        except asyncio.CancelledError:
            log.info("%s: given back in the midst of a step", run)
            raise
        except Exception:
            # The table of runs says what became of it; the next job must not wait for that bug to be mended.
            log.exception("%s: stopped by a failure of ours", run)
        finally:
            del self.running[run]

    def stop(self) -> None:
        """After the step in progress."""
        for control in self.running.values():
            control.request_drain("its worker stops")
