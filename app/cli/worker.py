"""`autoiot worker`."""

import sys
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from app.cli.guard import guarded
from app.cli.imports import import_for_good
from app.cli.processes import Processes
from app.settings import Settings, SettingsInvalid, read_settings
from app.telemetry.logs import write_logs


class Needs(StrEnum):
    """What jobs of a queue need."""

    cpu = "cpu"
    gpu = "gpu"


def worker(
    queue: Annotated[
        list[Needs] | None, typer.Option(help="Take jobs of this queue only; may be given again (default: both).")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=256, help="Work in so many processes; one that is lost is replaced.")
    ] = 1,
) -> None:
    """Run jobs of a server that has Postgres, AUTOIOT_JOBS_AT_ONCE at a time. Ctrl-C or SIGTERM gives them back."""
    settings, queues = read_settings(), tuple(needs.value for needs in queue or Needs)
    refuse_alone(settings)
    if processes == 1:
        work(settings, queues)
        return
    write_logs(settings.log_format, settings.log_level)
    raise typer.Exit(Processes(processes, partial(work_numbered, queues), warm="app.cli.warm").run())


def refuse_alone(settings: Settings) -> None:
    """Raises SettingsInvalid where no worker could help."""
    if settings.database_url is None:
        raise SettingsInvalid(
            "AUTOIOT_DATABASE_URL: workers need Postgres; with SQLite `autoiot serve` runs the jobs itself"
        )
    if settings.jobs_at_once == 0:
        raise SettingsInvalid("AUTOIOT_JOBS_AT_ONCE: it is 0, so this worker would take no job")


def work_numbered(queues: tuple[str, ...], number: int) -> None:
    """In a process of its own, whose metrics are at a port of its own."""
    sys.exit(guarded(lambda: work(numbered(read_settings(), number), queues)))


def numbered(settings: Settings, number: int) -> Settings:
    port = settings.metrics_port and settings.metrics_port + number
    return settings.model_copy(update={"metrics_port": port})


def work(settings: Settings, queues: tuple[str, ...]) -> None:
    # Seconds and much memory, which a process that only watches others does without.
    import_for_good("app.cli.working")[0].work_until_stopped(settings, queues)
