"""A process that takes jobs until it is told to stop."""

import asyncio
import logging
import signal

from app.cli.processes import stop_without_parent
from app.cli.refusals import refuse_unusable
from app.settings import Settings
from app.telemetry.logs import write_logs
from app.telemetry.observer import Observer
from app.telemetry.telemetry import metrics_port, telemetry
from app.wiring import open_working

log = logging.getLogger(__name__)


def work_until_stopped(settings: Settings, queues: tuple[str, ...]) -> None:
    refuse_unusable(settings)
    write_logs(settings.log_format, settings.log_level)
    with telemetry(settings) as watching, metrics_port(settings, watching.metrics):
        asyncio.run(work(settings, queues, watching.observer))


async def work(settings: Settings, queues: tuple[str, ...], observer: Observer) -> None:
    stopping = asyncio.Event()
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, stopping.set)
    stop_without_parent(stopping)
    async with open_working(settings, queues, observer) as (jobs, taking), taking.working():
        log.info("%s: takes %d at once of %s", jobs.place.worker, settings.jobs_at_once, ", ".join(queues))
        await stopping.wait()
        log.info("stopping: jobs go back into the queue, after the step in progress or in 15 s")
