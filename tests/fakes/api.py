"""The REST API over real services, with a source and a sandbox of the test's own."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fakes.jobs import make_worker, opened_jobs, opened_queue
from fastapi import FastAPI
from sqlalchemy import URL
from starlette.testclient import TestClient

from app.api.access import Caller, current
from app.api.app import create_app
from app.datasets.caps import Caps
from app.datasets.errors import DatasetTaken
from app.datasets.registered import RegisteredDatasets
from app.keys.quota import Quota
from app.keys.quotas import Quotas
from app.keys.rate import RateLimit
from app.keys.service import Keys
from app.providers.source import Source
from app.queue.crew import QUEUES
from app.services import Services
from app.settings import Settings
from app.telemetry.telemetry import Telemetry
from sandbox.process import ProcessSandbox

HERE = "127.0.0.1"
NO_QUOTA = Quota()


@dataclass
class Api:
    """A client of a server that runs in this process; `who` asks."""

    client: TestClient
    app: FastAPI
    who: list[Caller] = field(default_factory=lambda: [Caller("default", "admin")])

    def as_workspace(self, name: str) -> None:
        self.who[:] = [replace(self.who[0], workspace=name)]

    def ask_for_keys(self) -> None:
        """From here on, as a server does that others reach."""
        self.app.dependency_overrides.clear()

    def get(self, path: str, status: int = 200, **more: Any) -> Any:
        answer = self.client.get(path, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 202, **more: Any) -> Any:
        answer = self.client.post(path, json=body, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def wait_for(self, job: str, status: str) -> None:
        while (seen := self.get(f"/v1/jobs/{job}"))["status"] != status:
            assert seen["status"] in ("queued", "running"), seen

    def events(self, job: str, after: int = 0) -> list[tuple[int, str, str]]:
        """Number, kind and data of each event, to the end of the job."""
        with self.client.stream("GET", f"/v1/jobs/{job}/events", headers={"Last-Event-ID": str(after)}) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            blocks = "\n".join(stream.iter_lines()).split("\n\n")
        fields = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in blocks]
        return [(int(one["id"]), one["event"], one["data"]) for one in fields if "id" in one]


@contextlib.contextmanager
def served(folder: Path, source: Source, url: URL, *, at_once: int = 2, quota: Quota = NO_QUOTA) -> Generator[Api]:
    """With the dataset `numbers` in `folder`/data, registered for the workspace `default`."""

    telemetry = Telemetry()

    @contextlib.asynccontextmanager
    async def opened() -> AsyncGenerator[Services]:
        async with (
            opened_queue(url) as queue,
            opened_jobs(
                folder / "home", source, ProcessSandbox(), url, queue=queue, observer=telemetry.observer
            ) as jobs,
        ):
            datasets = RegisteredDatasets(jobs.database, jobs.home, (folder,), Caps.of(1 << 20))
            # It is there when the server starts for the second time.
            with contextlib.suppress(DatasetTaken):
                await datasets.register("default", "numbers", folder / "data")
            services = Services(
                settings=Settings(),
                jobs=jobs,
                datasets=datasets,
                keys=Keys(jobs.database),
                quotas=Quotas(jobs.database, quota),
                rate=RateLimit(0),
                worker=make_worker(jobs, at_once),
                closing=asyncio.Event(),
                observer=telemetry.observer,
                metrics_page=lambda: telemetry.page(jobs.database, QUEUES),
            )
            async with services.worker.working():
                yield services

    app = create_app(opened)
    with TestClient(app, base_url=f"http://{HERE}", client=(HERE, 50_000), raise_server_exceptions=False) as client:
        api = Api(client, app)
        app.dependency_overrides[current] = lambda: api.who[0]
        yield api
