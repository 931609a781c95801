"""The only place where ports meet adapters."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from app.datasets.caps import Caps
from app.datasets.registered import RegisteredDatasets
from app.db.address import is_postgres, libpq_address, postgres_address, sqlite_address
from app.db.checkpoints import Checkpoints
from app.db.migrate import migrate
from app.db.postgres_checkpoints import PostgresSaver, set_up_postgres_tables
from app.db.session import Database, open_database
from app.db.sqlite_checkpoints import SqliteSaver, set_up_sqlite_tables
from app.jobs.queue import NoQueue, Queue
from app.jobs.request import RunRequest
from app.jobs.retention import Keeping, Retention
from app.jobs.service import Jobs
from app.keys.quota import Quota
from app.keys.quotas import Quotas
from app.keys.rate import RateLimit
from app.keys.service import Keys
from app.knowledge.documents import Documents
from app.knowledge.shelf import Shelf
from app.pages.document import Document
from app.providers.recording import read_recording
from app.providers.source import Source
from app.queue.embedded import EmbeddedQueue, EmbeddedWorker
from app.queue.team import QUEUES, TeamWorker, open_team_queue
from app.queue.worker import Worker
from app.services import Services
from app.settings import Settings
from app.telemetry.observer import Observer, Silent
from graph.task import Constraints
from sandbox.base import Sandbox
from sandbox.registry import Options, open_sandbox
from sandbox.slots import Slots, usual_number
from sandbox.store import Store

if TYPE_CHECKING:
    # Its libraries are for servers; most commands do without.
    from app.telemetry.telemetry import Telemetry

DATABASE = "autoiot.db"


@contextlib.asynccontextmanager
async def open_jobs(settings: Settings) -> AsyncGenerator[Jobs]:
    """Those that the command line makes and runs itself, or looks at."""
    home = made_home(settings)
    async with open_store(address(settings)) as (database, checkpoints):
        yield make_jobs(settings, home, database, checkpoints, NoQueue(), Silent())


@contextlib.asynccontextmanager
async def open_working(
    settings: Settings, queues: Collection[str], observer: Observer
) -> AsyncGenerator[tuple[Jobs, Worker]]:
    """The jobs of a server, and what runs those of `queues`, AUTOIOT_JOBS_AT_ONCE at a time."""
    home, url, at_once = made_home(settings), address(settings), settings.jobs_at_once
    async with open_store(url) as (database, checkpoints):
        if is_postgres(url):
            async with open_team_queue(libpq_address(url)) as queue:
                jobs = make_jobs(settings, home, database, checkpoints, queue, observer)
                yield jobs, TeamWorker(jobs, queue.app, at_once, queues)
        else:
            queue = EmbeddedQueue()
            jobs = make_jobs(settings, home, database, checkpoints, queue, observer)
            yield jobs, EmbeddedWorker(jobs, queue.woken, at_once)


def made_home(settings: Settings) -> Path:
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home


def make_jobs(
    settings: Settings, home: Path, database: Database, checkpoints: Checkpoints, queue: Queue, observer: Observer
) -> Jobs:
    return Jobs(
        home=home,
        database=database,
        checkpoints=checkpoints,
        open_source=lambda request: open_source(settings, request),
        open_sandbox=lambda request: open_confinement(settings, request.sandbox, request.task.constraints),
        queue=queue,
        embedding_model=settings.embedding_model,
        offers_tools=settings.tools == "auto",
        searches_web=settings.searches_web,
        shelf=make_shelf(home, database, open_quotas(settings, database)),
        observer=observer,
    )


@contextlib.asynccontextmanager
async def open_services(settings: Settings, closing: asyncio.Event, telemetry: "Telemetry") -> AsyncGenerator[Services]:
    async with open_working(settings, QUEUES, telemetry.observer) as (jobs, worker):
        quotas = open_quotas(settings, jobs.database)
        datasets = RegisteredDatasets(
            jobs.database,
            jobs.home,
            settings.dataset_roots,
            Caps.of(settings.upload_max_mb << 20),
            refuse_bytes=quotas.refuse_bytes,
        )
        await datasets.sweep()
        yield Services(
            settings=settings,
            jobs=jobs,
            datasets=datasets,
            keys=Keys(jobs.database),
            quotas=quotas,
            rate=RateLimit(settings.rate_limit),
            worker=worker,
            closing=closing,
            observer=telemetry.observer,
            metrics_page=lambda: telemetry.page(jobs.database, QUEUES),
        )


@contextlib.asynccontextmanager
async def open_keys(settings: Settings) -> AsyncGenerator[tuple[Keys, Quotas]]:
    settings.home.mkdir(parents=True, exist_ok=True)
    async with open_database(address(settings)) as database:
        yield Keys(database), open_quotas(settings, database)


@contextlib.asynccontextmanager
async def open_shelf(settings: Settings) -> AsyncGenerator[Shelf]:
    """What is kept to look things up in, within the quotas of workspaces."""
    home = made_home(settings)
    async with open_database(address(settings)) as database:
        yield make_shelf(home, database, open_quotas(settings, database))


def make_shelf(home: Path, database: Database, quotas: Quotas) -> Shelf:
    return Shelf(Documents(database), home / "knowledge", quotas.refuse_bytes)


def open_fetch(settings: Settings) -> Callable[[str], Awaitable[Document]]:
    from app.sources import open_fetcher  # noqa: PLC0415 (clients of the web, which most commands do without)

    return open_fetcher(settings).document


def open_retention(settings: Settings, jobs: Jobs) -> Retention:
    return Retention(jobs, Keeping(settings.keep_checkpoints_days, settings.keep_jobs_days))


def open_quotas(settings: Settings, database: Database) -> Quotas:
    defaults = Quota(
        jobs_running=settings.quota_jobs_running,
        jobs_a_day=settings.quota_jobs_a_day,
        tokens=settings.quota_tokens,
        usd=settings.quota_usd,
        disk_mb=settings.quota_disk_mb,
    )
    return Quotas(database, defaults)


def address(settings: Settings) -> URL:
    given = settings.database_url
    return postgres_address(given.get_secret_value()) if given else sqlite_address(settings.home.resolve() / DATABASE)


async def bring_up_to_date(settings: Settings) -> str:
    """The revision of the database, after its migrations."""
    settings.home.mkdir(parents=True, exist_ok=True)
    url = address(settings)
    revision = await migrate(url)
    await set_up_checkpoints(url)
    return revision


@contextlib.asynccontextmanager
async def open_store(url: URL) -> AsyncGenerator[tuple[Database, Checkpoints]]:
    async with open_database(url) as database:
        await set_up_checkpoints(url)
        yield database, Checkpoints(database, PostgresSaver if is_postgres(url) else SqliteSaver)


async def set_up_checkpoints(url: URL) -> None:
    """The tables of LangGraph, where they are missing."""
    if is_postgres(url):
        await set_up_postgres_tables(libpq_address(url))
    else:
        await set_up_sqlite_tables(Path(url.database or ""))


@cache
def slots_of_this_process(count: int) -> Slots:
    """Jobs that run beside each other share them."""
    return Slots(count)


def owner(home: Path) -> str:
    """Marks the containers of this installation, so that no other one's are ever swept."""
    return hashlib.sha256(str(home).encode()).hexdigest()[:12]


def open_confinement(settings: Settings, name: str, constraints: Constraints | None = None) -> Sandbox:
    """The sandbox called `name`, for programs that keep to `constraints`; raises SandboxUnavailable."""
    options = Options(
        packages=constraints.packages if constraints else (),
        store=Store(settings.home.resolve()),
        ready=settings.sandbox_ready,
        idle_seconds=settings.sandbox_idle,
        slots=slots_of_this_process(settings.sandbox_at_once or usual_number()),
        runtime=settings.sandbox_runtime,
        gpu=constraints is not None and constraints.device == "gpu",
    )
    return open_sandbox(name, owner(settings.home.resolve()), options)


def open_source(settings: Settings, request: RunRequest) -> Source:
    """Raises ModelFailed or TaskInvalid when no reply could ever come from it."""
    if request.replay:
        return read_recording(request.replay)
    from app.sources import open_live_source  # noqa: PLC0415 (the clients of models: seconds, and not for a replay)

    return open_live_source(settings, request)
