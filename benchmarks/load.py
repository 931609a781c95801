# ruff: noqa: T201, E402 (it prints for a person; and the scripted job lies with the tests)
"""What the server costs: `autoiot serve` as a process on the loopback, over SQLite and Postgres.

Numbers to read, no test. Start it with `make load`.
"""

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from fakes.jobs import opened_jobs
from fakes.postgres import PostgresServer, postgres_server
from fakes.served import Server
from fakes.source import ScriptedSource, make_dataset, make_script, make_task

from app.jobs.request import RunRequest
from sandbox.process import ProcessSandbox

CLIENTS, EACH, STREAMS, STARTS, JOBS = 50, 20, 500, 10, 12
PAUSE = 0.5
"""Seconds between two requests of a client that does not hurry, e.g. a page that is open."""
TASK = make_task(0)
BODY = {"task": TASK.model_dump(mode="json", exclude_unset=True), "dataset": "numbers"}
NO_LIMIT = httpx2.Limits(max_connections=None, max_keepalive_connections=None)


@dataclass(frozen=True)
class Kind:
    """One kind of database."""

    name: str
    folder: Path
    archive: Path
    recording: Path
    postgres: PostgresServer | None

    @contextmanager
    def served(self, at_once: int, workers: int = 0) -> Generator[Server]:
        home = Path(tempfile.mkdtemp(dir=self.folder))
        server = Server.at(
            home,
            self.postgres.new_database() if self.postgres else None,
            silent=True,
            AUTOIOT_REPLAY=str(self.recording),
            AUTOIOT_RATE_LIMIT="0",
            AUTOIOT_JOBS_AT_ONCE=str(at_once),
        )
        try:
            server.start()
            with httpx2.Client(base_url=server.address) as client:
                sent = client.put("/v1/datasets/numbers/archive", content=self.archive.read_bytes(), timeout=60)
                sent.raise_for_status()
            for _ in range(workers):
                server.worker()
            yield server
        finally:
            server.end()

    def bytes(self, server: Server) -> int:
        address = server.environment.get("AUTOIOT_DATABASE_URL")
        if self.postgres and address:
            name = make_url(address).database
            return int(str(self.postgres.execute(f"SELECT pg_database_size('{name}')")[0][0]))
        return sum(file.stat().st_size for file in Path(server.environment["AUTOIOT_HOME"]).glob("*.db*"))


def kib(server: Server) -> int:
    """Memory that it holds."""
    assert server.process
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


# What is measured


def opened(server: Server) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=server.address, timeout=300, limits=NO_LIMIT)


async def submit(client: httpx2.AsyncClient) -> str:
    return (await client.post("/v1/jobs", json=BODY)).raise_for_status().json()["id"]


async def timed(work: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000


async def by_many(ask: Callable[[], Awaitable[Any]], pause: float = 0.0) -> list[float]:
    """Milliseconds of each request of CLIENTS clients side by side."""

    async def one(number: int) -> list[float]:
        # Not all in the same moment.
        await asyncio.sleep(pause * number / CLIENTS)
        found: list[float] = []
        for _ in range(EACH):
            found.append(await timed(ask()))
            await asyncio.sleep(pause)
        return found

    return [ms for each in await asyncio.gather(*map(one, range(CLIENTS))) for ms in each]


async def requests(server: Server) -> Iterator[tuple[str, str]]:
    async with opened(server) as client:
        job = await submit(client)

        async def look() -> None:
            (await client.get(f"/v1/jobs/{job}")).raise_for_status()

        await by_many(look)
        rows: list[tuple[str, str]] = []
        for words, pause in ((f"each every {PAUSE} s", PAUSE), ("each at once again", 0.0)):
            rows.append((f"GET /v1/jobs/ID, {CLIENTS} clients, {words}", spread(await by_many(look, pause))))
        before = kib(server)
        for words, pause in ((f"each every {PAUSE} s", PAUSE), ("each at once again", 0.0)):
            found = await by_many(lambda: submit(client), pause)
            rows.append((f"POST /v1/jobs, {CLIENTS} clients, {words}", spread(found)))
        each = (kib(server) - before) / (2 * CLIENTS * EACH)
        rows.append(("memory for each job that waits", f"{each:.2f} KiB"))
    return iter(rows)


async def streams(server: Server) -> Iterator[tuple[str, str]]:
    async with opened(server) as client:
        job, before = await submit(client), kib(server)
        there = asyncio.Semaphore(0)

        async def listen() -> float:
            async with client.stream("GET", f"/v1/jobs/{job}/events") as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("data:"):
                        there.release()
                        if '"cancelled"' in line:
                            return time.perf_counter()
            raise AssertionError("the stream ended too early")

        listening = [asyncio.create_task(listen()) for _ in range(STREAMS)]
        opening = await timed(asyncio.gather(*(there.acquire() for _ in range(STREAMS))))
        each, began = (kib(server) - before) / STREAMS, time.perf_counter()
        (await client.post(f"/v1/jobs/{job}/cancel")).raise_for_status()
        heard = sorted((moment - began) * 1000 for moment in await asyncio.gather(*listening))
    return iter(
        (
            (f"{STREAMS} streams opened, each with its first event", f"{opening:,.0f} ms"),
            ("memory for each stream", f"{each:.0f} KiB"),
            ("one event to all of them", f"first {heard[0]:.0f}, last {heard[-1]:.0f} ms"),
        )
    )


async def until(client: httpx2.AsyncClient, job: str, *kinds: str) -> None:
    """Until an event of one of these kinds, or the end."""
    async with client.stream("GET", f"/v1/jobs/{job}/events") as stream:
        async for line in stream.aiter_lines():
            if line.removeprefix("event: ") in kinds:
                return


async def starts(server: Server, kind: Kind) -> Iterator[tuple[str, str]]:
    async with opened(server) as client:

        async def first_node() -> None:
            await until(client, await submit(client), "started")

        await finished(client, await submit(client))
        before = kind.bytes(server)
        found: list[float] = []
        for _ in range(STARTS):
            found.append(await timed(first_node()))
            # One at a time: the next job begins with nothing else at work.
            newest = (await client.get("/v1/jobs?limit=1")).json()["jobs"][0]["id"]
            await finished(client, newest)
        each = (kind.bytes(server) - before) / STARTS
    return iter(
        (
            ("from the request to the first node", spread(found)),
            ("database, for each finished job", f"{each / 1024:.0f} KiB"),
        )
    )


async def finished(client: httpx2.AsyncClient, job: str) -> None:
    await until(client, job)
    shown = (await client.get(f"/v1/jobs/{job}")).json()
    assert shown["status"] == "finished", shown["problem"]


async def rate(server: Server) -> float:
    """Jobs a second."""
    async with opened(server) as client:
        # What is only done once, such as to prepare a sandbox, is not counted.
        await finished(client, await submit(client))
        ids = await asyncio.gather(*(submit(client) for _ in range(JOBS)))
        return JOBS / (await timed(asyncio.gather(*(finished(client, job) for job in ids)))) * 1000


# How it is told


def spread(found: list[float]) -> str:
    cuts = statistics.quantiles(found, n=20)
    return f"p50 {statistics.median(found):.1f}, p95 {cuts[18]:.1f} ms"


def show(rows: Iterator[tuple[str, str]]) -> None:
    for name, value in rows:
        print(f"  {name.ljust(58)}{value}", flush=True)


def measure(kind: Kind) -> None:
    print(f"\n{kind.name}; load average {os.getloadavg()[0]:.1f} of {os.cpu_count()} CPUs")
    with kind.served(0) as server:
        show(asyncio.run(requests(server)))
    with kind.served(0) as server:
        show(asyncio.run(streams(server)))
    with kind.served(1) as server:
        show(asyncio.run(starts(server, kind)))
    for count in (1, 2, 4):
        with kind.served(count) as server:
            show(iter([(f"embedded, {count} at once", f"{asyncio.run(rate(server)):.2f} jobs a second")]))
    if kind.postgres:
        for count in (1, 2, 4):
            with kind.served(0, workers=count) as server:
                show(iter([(f"{count} workers, one job each", f"{asyncio.run(rate(server)):.2f} jobs a second")]))


async def record(folder: Path, data: Path) -> Path:
    """The answers to the trivial job, as a server replays them."""
    request = RunRequest(
        task=TASK,
        base=folder,
        dataset=data,
        description=None,
        model="",
        sandbox="process",
        out=folder / "out",
        record=folder / "recording.jsonl",
    )
    async with opened_jobs(folder, ScriptedSource(make_script(), folder / "calls"), ProcessSandbox()) as jobs:
        run, _ = await jobs.submit(request)
        await jobs.run(run, lambda _: None)
    return folder / "recording.jsonl"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="autoiot-load-") as name, postgres_server() as postgres:
        folder = Path(name)
        folder.chmod(0o755)
        data = make_dataset(folder / "numbers")
        archive = Path(shutil.make_archive(str(folder / "archive"), "zip", data))
        recording = asyncio.run(record(folder, data))
        chosen = sys.argv[1:] or ["SQLite", "Postgres"]
        for kind in chosen:
            measure(Kind(kind, folder, archive, recording, postgres if kind == "Postgres" else None))


if __name__ == "__main__":
    main()
