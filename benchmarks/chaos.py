# ruff: noqa: T201, E402 (it prints for a person; and the scripted job lies with the tests)
"""What becomes of jobs while everything around them breaks: workers killed, Postgres and Docker Engine restarted.

Start it with `make bench-chaos`, as root where Docker Engine is to be restarted. It ends with 1 where a job is lost,
is finished twice, or has paid for a call twice.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from load import BODY, record
from sqlalchemy import URL

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from fakes.postgres import PostgresServer, postgres_server
from fakes.served import Server
from fakes.source import make_dataset

ENGINE_PID = Path("/var/run/docker.pid")
AWAY = 3.0
"""Seconds for which Postgres, and Docker Engine, are stopped."""
ENDED = ("finished", "stopped", "cancelled")


@dataclass
class Chaos:
    server: Server
    postgres: PostgresServer
    database: URL
    log: Path
    """Of the server and its workers."""
    workers: int
    every: float
    """Seconds between two kills."""
    began: float = field(default_factory=time.monotonic)
    killed: dict[int, float] = field(default_factory=dict[int, float])
    """The time of each kill, by process."""

    def say(self, what: str) -> None:
        print(f"  {time.monotonic() - self.began:5.0f} s  {what}", flush=True)

    def kill_one(self) -> None:
        """The process that has taken jobs for longest; another one takes its place."""
        taking = (int(found) for found in re.findall(r"#(\d+): takes", self.log.read_text()))
        oldest = next((process for process in taking if process not in self.killed), None)
        if oldest:
            self._kill(oldest)

    def kill_all(self) -> None:
        """The process, too, that replaces the others; another one is started."""
        for worker in self.server.others:
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
            worker.kill()
            worker.wait()
            self.say(f"the workers' own parent killed, process {worker.pid}, and what forks them, {children}")
            for child in map(int, children):
                os.kill(child, signal.SIGKILL)
        for process in map(int, re.findall(r"#(\d+): takes", self.log.read_text())):
            self._kill(process)
        self.server.others.clear()
        self.begin()

    def begin(self) -> None:
        self.server.worker("--processes", str(self.workers))

    def _kill(self, process: int) -> None:
        if process not in self.killed:
            self.killed[process] = time.time()
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def restart_postgres(self) -> None:
        self.postgres.stop()
        self.say(f"Postgres stopped, for {AWAY:.0f} s")
        time.sleep(AWAY)
        self.postgres.start()

    def restart_engine(self) -> None:
        if os.geteuid() or not ENGINE_PID.exists():
            self.say("Docker Engine is NOT restarted: that takes root, and an engine of this machine")
            return
        engine = int(ENGINE_PID.read_text())
        with contextlib.suppress(ProcessLookupError):
            os.kill(engine, signal.SIGTERM)
        while Path(f"/proc/{engine}").exists() and is_alive(engine):
            time.sleep(0.1)
        self.say(f"Docker Engine stopped, for {AWAY:.0f} s")
        time.sleep(AWAY)
        if not is_running():
            subprocess.Popen(["dockerd"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not is_running():
            time.sleep(0.2)

    def go_on(self, jobs: int, limit: float, keep_engine: bool) -> Counter[str]:
        """Until all have ended, or for `limit` seconds; how many are in which state then."""
        breaking = [(0.25 * jobs, self.restart_postgres), (0.4 * jobs, self.kill_all)]
        if not keep_engine:
            breaking.append((0.6 * jobs, self.restart_engine))
        for turn in itertools.count(1):
            time.sleep(max(0.0, self.began + turn * self.every - time.monotonic()))
            states = self.states()
            ended = sum(states[name] for name in ENDED)
            if ended >= jobs or time.monotonic() - self.began > limit:
                return states
            self.kill_one()
            if breaking and ended >= breaking[0][0]:
                breaking.pop(0)[1]()
            if not turn % 6:
                self.say(f"{len(self.killed)} workers killed; " + ", ".join(f"{v} {k}" for k, v in states.items()))
        raise AssertionError

    def states(self) -> Counter[str]:
        return Counter(dict(self.ask("SELECT status, count(*) FROM runs GROUP BY status")))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.postgres.execute(query, self.database)


def is_alive(process: int) -> bool:
    return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def is_running() -> bool:
    return subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0


# What must be true in the end, and what it took


def broken_promises(chaos: Chaos, jobs: int) -> Iterator[str]:
    states = chaos.states()
    if states != {"finished": jobs}:
        yield f"not every job is finished: {dict(states)}"
    for run, problem in chaos.ask("SELECT id, problem FROM runs WHERE status <> 'finished' LIMIT 5"):
        yield f"{run}: {problem}"
    ends = "data::json->>'status' = 'finished'"
    twice = chaos.ask(f"SELECT run FROM events WHERE kind = 'status' AND {ends} GROUP BY run HAVING count(*) > 1")
    yield from (f"{run} was finished twice" for (run,) in twice)
    asked = "run, kind, node, iteration, item"
    paid = chaos.ask(f"SELECT run FROM calls WHERE status = 'finished' GROUP BY {asked} HAVING count(*) > 1")
    yield from (f"{run} paid a call twice" for (run,) in paid)
    gaps = chaos.ask("SELECT run FROM events GROUP BY run HAVING max(number) <> count(*)")
    yield from (f"{run} has a gap in its events" for (run,) in gaps)


def recoveries(chaos: Chaos) -> list[float]:
    """Seconds from the kill of a worker until its job ran again elsewhere."""
    rows = chaos.ask(
        "SELECT run, data::json->>'status', data::json->>'problem', at FROM events WHERE kind = 'status'"
        " ORDER BY run, number"
    )
    found: list[float] = []
    for (run, _, problem, _), (again, status, _, at) in itertools.pairwise(rows):
        killed = chaos.killed.get(worker_in(problem or ""), 0.0)
        if killed and run == again and status == "running":
            found.append(datetime.fromisoformat(at).timestamp() - killed)
    return sorted(found)


def worker_in(problem: str) -> int:
    """The process that `problem` says is gone; 0 where it says nothing of that kind."""
    found = re.search(r"its worker .*#(\d+) gave no sign", problem)
    return int(found[1]) if found else 0


def tell(chaos: Chaos, jobs: int) -> None:
    seconds = time.monotonic() - chaos.began
    print(f"\n  {jobs} jobs in {seconds:.0f} s, {len(chaos.killed)} workers killed")
    attempts = Counter(dict(chaos.ask("SELECT attempt, count(*) FROM runs GROUP BY attempt")))
    print("  attempts: " + ", ".join(f"{count} jobs took {number}" for number, count in sorted(attempts.items())))
    again = recoveries(chaos)
    if again:
        middle, last = statistics.median(again), again[-1]
        print(f"  from the kill of a worker until its job ran again: median {middle:.1f} s, longest {last:.1f} s")
    calls = Counter(dict(chaos.ask("SELECT status, count(*) FROM calls GROUP BY status")))
    print("  calls in the ledger: " + ", ".join(f"{count} {status}" for status, count in sorted(calls.items())))


async def submit(server: Server, jobs: int) -> None:
    limits = httpx2.Limits(max_connections=20)
    async with httpx2.AsyncClient(base_url=server.address, timeout=60, limits=limits) as client:
        answers = await asyncio.gather(*(client.post("/v1/jobs", json=BODY) for _ in range(jobs)))
    for answer in answers:
        answer.raise_for_status()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--jobs", type=int, default=200)
    options.add_argument("--workers", type=int, default=3)
    options.add_argument("--every", type=float, default=5.0, help="seconds between two kills")
    options.add_argument("--keep-engine", action="store_true", help="do not restart Docker Engine")
    options.add_argument("--limit", type=float, default=3600.0, help="seconds after which it gives up")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="autoiot-chaos-") as name, postgres_server() as postgres:
        folder = Path(name)
        folder.chmod(0o755)
        data = make_dataset(folder / "numbers")
        recording = asyncio.run(record(folder, data))
        database = postgres.new_database()
        log = folder / "log"
        server = Server.at(
            folder / "home",
            database,
            silent=True,
            AUTOIOT_LOG_FORMAT="text",
            AUTOIOT_REPLAY=str(recording),
            AUTOIOT_RATE_LIMIT="0",
            AUTOIOT_JOBS_AT_ONCE="0",
        )
        server.log = log.open("ab")
        try:
            server.start()
            archive = Path(shutil.make_archive(str(folder / "archive"), "zip", data)).read_bytes()
            sent = httpx2.put(f"{server.address}/v1/datasets/numbers/archive", content=archive, timeout=60)
            sent.raise_for_status()
            asyncio.run(submit(server, given.jobs))
            chaos = Chaos(server, postgres, database, log, given.workers, given.every)
            chaos.begin()
            print(f"{given.jobs} jobs on Postgres, {given.workers} workers, one killed every {given.every:.0f} s")
            chaos.go_on(given.jobs, given.limit, given.keep_engine)
            tell(chaos, given.jobs)
            broken = list(broken_promises(chaos, given.jobs))
        finally:
            server.end()
    print("\n".join(f"  BROKEN: {line}" for line in broken) or "  every job finished, none twice, no call paid twice")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
