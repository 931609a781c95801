# ruff: noqa: ASYNC110 (nobody waits for this event loop)
"""What a server runs itself: as many as set, cancelled at once, given back when it stops, gone on with afterwards."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import pytest
from fakes.jobs import claimed, make_request, make_worker, opened_jobs, opened_queue
from fakes.source import ScriptedSource, make_dataset, make_script
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from app.jobs.heartbeat import beat
from app.jobs.runs import Owning, Runs
from app.jobs.service import Jobs
from app.providers.ledger import Key, Reply
from sandbox.errors import SandboxUnavailable
from sandbox.process import ProcessSandbox

QUEUED = Owning(queue="cpu")


@dataclass(frozen=True)
class Gate(ScriptedSource):
    """Waits at one node until it is opened."""

    at: str = "outline"
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: list[str] = field(default_factory=list)

    async def chat(self, key: Key, messages: list[Any], tools: Any = ()) -> Reply:
        if key.node == self.at:
            self.waiting.append(key.node)
            await self.opened.wait()
        return await super().chat(key, messages, tools)


@pytest.fixture
def source(tmp_path: Path) -> Gate:
    make_dataset(tmp_path / "data")
    return Gate(make_script(), tmp_path / "calls")


@pytest.fixture
async def jobs(url: URL, source: Gate, tmp_path: Path) -> AsyncGenerator[Jobs]:
    async with opened_queue(url) as queue, opened_jobs(tmp_path, source, ProcessSandbox(), url, queue=queue) as opened:
        yield opened


async def queue(jobs: Jobs, folder: Path, *names: str) -> None:
    for name in names:
        await jobs.runs.add(name, make_request(folder), QUEUED)


async def become(jobs: Jobs, run: str, status: str) -> None:
    async for event in jobs.events.follow(run):
        if event.kind == "status" and event.data["status"] == status:
            return
    raise AssertionError(f"{run} never was {status}")


async def test_no_more_at_once_than_set_and_the_rest_afterwards(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    await queue(jobs, tmp_path, "a", "b", "c")
    await jobs.runs.add("by hand", make_request(tmp_path))
    async with make_worker(jobs, at_once=2).working():
        await asyncio.gather(become(jobs, "a", "running"), become(jobs, "b", "running"))
        while len(source.waiting) < 2:
            await asyncio.sleep(0.01)
        assert (await jobs.runs.get("c")).status == "queued"
        source.opened.set()
        await asyncio.gather(*(become(jobs, run, "finished") for run in "abc"))
    # What somebody makes to run it is not taken away from them.
    assert (await jobs.runs.get("by hand")).status == "queued"


async def test_a_job_that_comes_later_is_taken(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    source.opened.set()
    async with make_worker(jobs, at_once=1).working():
        await queue(jobs, tmp_path, "a")
        await become(jobs, "a", "finished")


async def test_a_cancelled_job_is_ended_and_gives_a_receipt(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    await queue(jobs, tmp_path, "a", "b")
    async with make_worker(jobs, at_once=1).working():
        while not source.waiting:
            await asyncio.sleep(0.01)
        assert await jobs.runs.cancel("a") == "running"
        assert await jobs.runs.cancel("b") == "cancelled"
        told = [event async for event in jobs.events.follow("a")]
    assert [event.kind for event in told[-3:]] == ["cancel", "receipt", "status"]
    assert told[-2].data["stopped"] == ["outline"]
    assert [(await jobs.runs.get(run)).status for run in "ab"] == ["cancelled", "cancelled"]


async def test_a_server_that_stops_gives_its_jobs_back(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    await queue(jobs, tmp_path, "a")
    async with make_worker(jobs, at_once=1).working():
        while not source.waiting:
            await asyncio.sleep(0.01)
    assert (await jobs.runs.get("a")).status == "queued"
    source.opened.set()
    async with make_worker(jobs, at_once=1).working():
        await become(jobs, "a", "finished")
    row = await jobs.runs.get("a")
    assert (row.attempt, row.problem) == (2, "")


async def test_a_job_that_had_begun_goes_before_those_that_wait(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    await queue(jobs, tmp_path, "begun")
    async with make_worker(jobs, at_once=1).working():
        while not source.waiting:
            await asyncio.sleep(0.01)
        await queue(jobs, tmp_path, "a", "b", "c")
    source.opened.set()
    async with make_worker(jobs, at_once=1).working():
        await become(jobs, "begun", "finished")
        assert (await jobs.runs.get("c")).status == "queued"


async def test_what_a_killed_server_was_running_goes_on(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    source.opened.set()
    await queue(jobs, tmp_path, "a", "b")
    await claimed(jobs.database, "a", f"{jobs.place.name}1")
    fence = await claimed(jobs.database, "b", "elsewhere#1")
    alive = asyncio.create_task(beat(jobs.runs, fence, every=0.2))
    async with make_worker(jobs, at_once=2).working():
        await become(jobs, "a", "finished")
        # Somebody else's, who is alive.
        assert not alive.done()
    alive.cancel()
    assert (await jobs.runs.get("b")).status == "running"


async def test_a_job_that_cannot_begin_does_not_hold_up_the_next(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    source.opened.set()
    await jobs.runs.add("bad", make_request(tmp_path / "nowhere"), QUEUED)
    await queue(jobs, tmp_path, "good")
    async with make_worker(jobs, at_once=1).working():
        await become(jobs, "good", "finished")
    row = await jobs.runs.get("bad")
    assert row.status == "stopped"
    assert "no such folder" in row.problem


async def test_a_server_that_stops_lets_the_step_in_progress_end(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    await queue(jobs, tmp_path, "a")
    async with make_worker(jobs, at_once=1, drain=30).working():
        while not source.waiting:
            await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_later(0.05, source.opened.set)
    row = await jobs.runs.get("a")
    assert (row.status, row.setbacks) == ("queued", 0)
    # The step was not begun again, and none was begun after it.
    assert source.waiting == ["outline"]


class ShakyRuns(Runs):
    """The database fails once for each name of a method in `failing`."""

    def __init__(self, jobs: Jobs, failing: list[str]) -> None:
        super().__init__(jobs.database, jobs.queue)
        object.__setattr__(self, "failing", failing)

    def __getattribute__(self, name: str) -> Any:
        failing = [] if name == "failing" else super().__getattribute__("failing")
        if name in failing:
            failing.remove(name)
            raise OperationalError("", {}, OSError("the database is away"))
        return super().__getattribute__(name)


@dataclass(frozen=True)
class ShakyJobs(Jobs):
    failing: list[str] = field(default_factory=list)

    @property
    def runs(self) -> Runs:
        return ShakyRuns(self, self.failing)


@pytest.mark.parametrize("failing", ["get", "in_hand"])
async def test_a_database_that_fails_once_loses_no_job(jobs: Jobs, source: Gate, tmp_path: Path, failing: str) -> None:
    source.opened.set()
    shaky = ShakyJobs(**{one.name: getattr(jobs, one.name) for one in fields(jobs)}, failing=[failing])
    async with make_worker(shaky, at_once=1).working():
        while failing == "in_hand" and shaky.failing:
            await asyncio.sleep(0.01)
        await queue(jobs, tmp_path, "a")
        await become(jobs, "a", "finished")
    assert shaky.failing == []


async def test_what_needs_an_engine_that_is_away_goes_on_later(jobs: Jobs, source: Gate, tmp_path: Path) -> None:
    source.opened.set()
    away = [SandboxUnavailable("the engine is away")]

    def open_sandbox(_: object) -> ProcessSandbox:
        if away:
            raise away.pop()
        return ProcessSandbox()

    shaky = replace(jobs, open_sandbox=open_sandbox)
    await queue(jobs, tmp_path, "a")
    async with make_worker(shaky, at_once=1).working():
        await become(jobs, "a", "finished")
    row = await jobs.runs.get("a")
    assert (row.attempt, row.setbacks, away) == (2, 1, [])
