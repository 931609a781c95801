"""Whole jobs on either database that another worker takes over, or that somebody cancels."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes.jobs import claimed, make_request, opened_jobs
from fakes.source import ScriptedSource, make_dataset, make_script
from sqlalchemy import URL

from app.db.errors import LostJob
from app.jobs.lifecycle import JobCancelled
from app.jobs.progress import nobody
from app.jobs.service import Jobs
from app.providers.ledger import Key, Reply
from graph.errors import RunFailed
from sandbox.process import ProcessSandbox


@dataclass(frozen=True)
class Pausing(ScriptedSource):
    """Waits for ever at one node, after having said so."""

    at: str = "outline"
    reached: asyncio.Event = asyncio.Event()

    async def chat(self, key: Key, messages: list[Any], tools: Any = ()) -> Reply:
        if key.node == self.at:
            self.reached.set()
            await asyncio.Event().wait()
        return await super().chat(key, messages, tools)


@pytest.fixture
def source(tmp_path: Path) -> Pausing:
    make_dataset(tmp_path / "data")
    return Pausing(make_script(), tmp_path / "calls", reached=asyncio.Event())


async def begun(jobs: Jobs, source: Pausing, folder: Path) -> tuple[str, asyncio.Task[dict[str, Any]]]:
    """A run that has come to where it waits."""
    run, _ = await jobs.submit(make_request(folder))
    running = asyncio.create_task(jobs.run(run, nobody))
    await source.reached.wait()
    return run, running


async def test_a_run_that_was_taken_over_stops_and_changes_nothing(url: URL, source: Pausing, tmp_path: Path) -> None:
    async with opened_jobs(tmp_path, source, ProcessSandbox(), url, beat_seconds=0.05) as jobs:
        run, running = await begun(jobs, source, tmp_path)
        await claimed(jobs.database, run, "there#1")
        with pytest.raises(LostJob, match="taken over by another process"):
            await running
        row = await jobs.runs.get(run)
        assert (row.status, row.attempt, row.worker, row.problem) == ("running", 2, "there#1", "")
        with pytest.raises(RunFailed, match="is being run by another process"):
            await jobs.run(run, nobody)
        assert not jobs.place.is_dead(row)
        assert not (tmp_path / "out").exists()


async def test_a_run_is_cancelled_while_it_works(url: URL, source: Pausing, tmp_path: Path) -> None:
    async with opened_jobs(tmp_path, source, ProcessSandbox(), url, beat_seconds=0.05) as jobs:
        run, running = await begun(jobs, source, tmp_path)
        assert await jobs.runs.cancel(run) == "running"
        with pytest.raises(JobCancelled):
            await running
        row = await jobs.runs.get(run)
        assert (row.status, row.problem) == ("cancelled", f"{run} was cancelled")
        kinds = [event.data["status"] async for event in jobs.events.follow(run) if event.kind == "status"]
        assert kinds == ["queued", "running", "cancelled"]


async def test_a_run_whose_worker_died_before_it_heard_is_cancelled(url: URL, source: Pausing, tmp_path: Path) -> None:
    async with opened_jobs(tmp_path, source, ProcessSandbox(), url) as jobs:
        run, _ = await jobs.submit(make_request(tmp_path))
        await claimed(jobs.database, run, f"{jobs.place.name}1")
        assert jobs.place.is_dead(await jobs.runs.get(run))
        await jobs.runs.cancel(run)
        with pytest.raises(JobCancelled):
            await jobs.run(run, nobody)
        assert (await jobs.runs.get(run)).status == "cancelled"
