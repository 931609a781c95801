"""`autoiot worker`."""

import asyncio
import signal
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from app.keys.logs import hide_keys_in_logs
from app.settings import Settings, SettingsInvalid, read_settings
from app.wiring import open_working


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
    hide_keys_in_logs()
    asyncio.run(work(settings, tuple(needs.value for needs in queue or Needs)))


def refuse_alone(settings: Settings) -> None:
    """Raises SettingsInvalid where no worker could help."""
    if settings.database_url is None:
        raise SettingsInvalid(
            "AUTOIOT_DATABASE_URL: workers need Postgres; with SQLite `autoiot serve` runs the jobs itself"
        )
    if settings.jobs_at_once == 0:
        raise SettingsInvalid("AUTOIOT_JOBS_AT_ONCE: it is 0, so this worker would take no job")


async def work(settings: Settings, queues: tuple[str, ...]) -> None:
    stopping = asyncio.Event()
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, stopping.set)
    async with open_working(settings, queues) as (jobs, taking), taking.working():
        say = Console(stderr=True, highlight=False).print
        say(f"{jobs.place.worker}: takes {settings.jobs_at_once} at once of {', '.join(queues)}", soft_wrap=True)
        await stopping.wait()
        say("stopping: jobs go back into the queue, after the step in progress or in 15 s", soft_wrap=True)
