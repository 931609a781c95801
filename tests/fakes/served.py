"""The server as a process, and what a client of it does."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx2
import yaml
from fakes.places import HEARTBEAT, REPOSITORY
from sqlalchemy import URL

AUTOIOT = str(Path(sysconfig.get_path("scripts"), "autoiot"))


@dataclass
class Server:
    """`autoiot serve`, and the workers beside it."""

    environment: dict[str, str]
    port: int
    silent: bool = False
    log: IO[bytes] | None = None
    """Where stderr goes, if not to that of the tests."""
    process: subprocess.Popen[bytes] | None = None
    others: list[subprocess.Popen[bytes]] = field(default_factory=list["subprocess.Popen[bytes]"])

    @classmethod
    def at(cls, home: Path, database: URL | None, *, silent: bool = False, **settings: str) -> "Server":
        """On a free port; `database` is one of Postgres."""
        port = free_port()
        settings |= {"AUTOIOT_HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
        if database:
            settings["AUTOIOT_DATABASE_URL"] = database.render_as_string(hide_password=False)
        return cls(os.environ | settings, port, silent)

    def start(self) -> None:
        self.process = self._spawn(self.environment, "serve", "--port", str(self.port))
        while True:
            assert self.process.poll() is None, "the server did not start"
            try:
                httpx2.get(f"{self.address}/readyz").raise_for_status()
            except httpx2.HTTPError:
                time.sleep(0.1)
            else:
                return

    def worker(self, *words: str) -> "subprocess.Popen[bytes]":
        """One more that takes its jobs, one at a time in each process; ends with the server at the latest."""
        started = self._spawn(self.environment | {"AUTOIOT_JOBS_AT_ONCE": "1"}, "worker", *words)
        self.others.append(started)
        return started

    def _spawn(self, environment: dict[str, str], *words: str) -> "subprocess.Popen[bytes]":
        output = subprocess.DEVNULL if self.silent else None
        return subprocess.Popen(
            [AUTOIOT, *words], env=environment, cwd=REPOSITORY, stdout=output, stderr=self.log or output
        )

    def stop(self, how: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def end(self) -> None:
        self.stop(signal.SIGKILL)
        for other in self.others:
            other.kill()
            other.wait(60)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> str:
        return subprocess.run(
            [AUTOIOT, *words], env=self.environment, cwd=REPOSITORY, check=True, capture_output=True, text=True
        ).stdout


def free_port() -> int:
    """Of those that no connection is ever made from: a server that was stopped finds it free again."""
    for port in random.sample(range(20_000, 30_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("of 100 ports none is free")


def body() -> dict[str, Any]:
    task = yaml.safe_load((HEARTBEAT / "task.yaml").read_text(encoding="utf-8"))
    named = {"dataset", "knowledge"}
    return {"task": {k: v for k, v in task.items() if k not in named} | {"iterations": 1}, "dataset": "records"}


@dataclass(frozen=True)
class Event:
    number: int
    kind: str
    data: dict[str, Any]

    @property
    def says(self) -> tuple[str, ...]:
        """Its kind, with the status where it tells of one."""
        return (self.kind, *filter(None, [self.data.get("status")]))


def events(client: httpx2.Client, job: str, after: int = 0) -> Generator[Event]:
    """All after the event number `after`, without a gap; closing it breaks the connection."""
    with client.stream("GET", f"/v1/jobs/{job}/events", headers={"Last-Event-ID": str(after)}, timeout=300) as stream:
        told: dict[str, str] = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name:
                told[name] = value
            elif "id" in told:
                assert int(told["id"]) == after + 1
                after += 1
                yield Event(after, told["event"], json.loads(told["data"]))
                told = {}


def followed(client: httpx2.Client, job: str, after: int, *enough: str) -> int:
    """Reads events until one has the kind and status `enough`, then breaks the connection; the last number."""
    with contextlib.closing(events(client, job, after)) as stream:
        for event in stream:
            if event.says == enough:
                return event.number
    raise AssertionError(f"the stream ended without {enough}")


@contextlib.contextmanager
def opened(server: Server, archive: Path) -> Generator[httpx2.Client]:
    """A client with the key of a new admin, the first one, whose workspace has the dataset `records`."""
    with httpx2.Client(base_url=server.address, timeout=60) as client:
        made = client.post("/v1/keys", json={"name": "ann", "role": "admin"}).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {made['secret']}"
        client.put("/v1/datasets/records/archive", content=archive.read_bytes()).raise_for_status()
        yield client


def refuse_paid_twice(calls: list[dict[str, Any]]) -> None:
    # Whatever the attempt: a call that was paid is not made in another one.
    done = [call for call in calls if call["status"] == "finished"]
    paid = [tuple(call[name] for name in ("kind", "node", "iteration", "item")) for call in done]
    assert len(paid) == len(set(paid))
