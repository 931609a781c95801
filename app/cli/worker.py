"""`autoiot worker`."""

import asyncio
import logging
import signal
from enum import StrEnum
from typing import Annotated

import typer

from app.settings import Settings, SettingsInvalid, read_settings
from app.telemetry.logs import write_logs
from app.telemetry.observer import Observer
from app.telemetry.telemetry import metrics_port, telemetry
from app.wiring import open_working

log = logging.getLogger(__name__)


class Needs(StrEnum):
    """What jobs of a queue need."""

    cpu = "cpu"
    gpu = "gpu"


def worker(
    queue: Annotated[
        list[Needs] | None, typer.Option(help="Take jobs of this queue only; may be given again (default: both).")
    ] = None,
) -> None:
    """Run jobs of a server that has Postgres, AUTOIOT_JOBS_AT_ONCE at a time. Ctrl-C or SIGTERM gives them back."""
    settings = read_settings()
    refuse_alone(settings)
    write_logs(settings.log_format, settings.log_level)
    with telemetry(settings) as watching, metrics_port(settings, watching.metrics):
        asyncio.run(work(settings, tuple(needs.value for needs in queue or Needs), watching.observer))


def refuse_alone(settings: Settings) -> None:
    """Raises SettingsInvalid where no worker could help."""
    if settings.database_url is None:
        raise SettingsInvalid(
            "AUTOIOT_DATABASE_URL: workers need Postgres; with SQLite `autoiot serve` runs the jobs itself"
        )
    if settings.jobs_at_once == 0:
        raise SettingsInvalid("AUTOIOT_JOBS_AT_ONCE: it is 0, so this worker would take no job")


async def work(settings: Settings, queues: tuple[str, ...], observer: Observer) -> None:
    stopping = asyncio.Event()
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, stopping.set)
    async with open_working(settings, queues, observer) as (jobs, taking), taking.working():
        log.info("%s: takes %d at once of %s", jobs.place.worker, settings.jobs_at_once, ", ".join(queues))
        await stopping.wait()
        log.info("stopping: jobs go back into the queue, after the step in progress or in 15 s")
