"""Old jobs and checkpoints are removed, on either database; what can go on stays."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api, served
from fakes.jobs import claimed, opened_jobs
from fakes.source import ScriptedSource, make_dataset, make_script, make_task
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy import URL

from app.db.checkpoints import place
from app.jobs.retention import Keeping, Plan, Retention
from sandbox.process import ProcessSandbox

BODY: dict[str, Any] = {"task": make_task(0).model_dump(mode="json", exclude_unset=True), "dataset": "numbers"}


@pytest.fixture
def source(tmp_path: Path) -> ScriptedSource:
    make_dataset(tmp_path / "data")
    return ScriptedSource(make_script(), tmp_path / "calls")


def finished(api: Api) -> str:
    job = api.post("/v1/jobs", BODY)["id"]
    assert json.loads(api.events(job)[-1][2])["status"] == "finished"
    return job


async def prune(folder: Path, source: ScriptedSource, url: URL, keeping: Keeping, times: int = 1) -> Plan:
    async with opened_jobs(folder / "home", source, ProcessSandbox(), url) as jobs:
        retention = Retention(jobs, keeping)
        found = await retention.plan()
        assert (await retention.bytes(found) > 0) is bool(found.jobs)
        # As from several processes: the second finds that it is done.
        for _ in range(times):
            await retention.prune(found)
        assert await retention.plan() == Plan()
    return found


async def swept(folder: Path, source: ScriptedSource, url: URL) -> int:
    async with opened_jobs(folder / "home", source, ProcessSandbox(), url) as jobs:
        return len((await Retention(jobs, Keeping(), grace=-1).sweep()).files)


async def test_a_job_is_readable_without_its_checkpoints(source: ScriptedSource, url: URL, tmp_path: Path) -> None:
    with served(tmp_path, source, url) as api:
        job = finished(api)
        assert api.get(f"/v1/jobs/{job}")["checkpoints_until"] > api.get(f"/v1/jobs/{job}")["ended"]
        first = api.get(f"/v1/jobs/{job}/checkpoints")[-1]["id"]
    with served(tmp_path, source, url, at_once=0) as api:
        waiting = api.post("/v1/jobs", BODY)["id"]
    assert await prune(tmp_path, source, url, Keeping(checkpoints=0), times=2) == Plan(checkpoints=(job,))
    with served(tmp_path, source, url, at_once=0) as api:
        assert api.get(f"/v1/jobs/{job}/checkpoints") == []
        seen = api.get(f"/v1/jobs/{job}")
        assert (seen["status"], seen["checkpoints_until"]) == ("finished", None)
        assert api.get(f"/v1/jobs/{job}/versions")[0]["version"] == 1
        assert api.client.get(f"/v1/jobs/{job}/bundle").status_code == 200
        assert api.get(f"/v1/jobs/{job}/instructions") == []
        api.post(f"/v1/jobs/{job}/checkpoints/{first}/fork", {}, 404)
        assert api.get(f"/v1/jobs/{waiting}")["status"] == "queued"


async def test_a_whole_job_goes_with_its_folder(source: ScriptedSource, url: URL, tmp_path: Path) -> None:
    with served(tmp_path, source, url) as api:
        job = finished(api)
    assert (tmp_path / "home" / "runs" / job).is_dir()
    assert await swept(tmp_path, source, url) == 0
    assert await prune(tmp_path, source, url, Keeping(0, 0), times=2) == Plan(jobs=(job,))
    assert not (tmp_path / "home" / "runs" / job).exists()
    assert await swept(tmp_path, source, url) > 10
    with served(tmp_path, source, url) as api:
        api.get(f"/v1/jobs/{job}", 404)


@dataclass(frozen=True)
class Stumbling(Retention):
    """Fails the first time in a way that nobody has thought of."""

    looks: list[int] = field(default_factory=list[int])
    again: asyncio.Event = field(default_factory=asyncio.Event)

    async def plan(self) -> Plan:
        self.looks.append(1)
        if len(self.looks) == 1:
            raise ValueError("no date")
        self.again.set()
        return Plan()


async def test_old_jobs_are_removed_also_after_a_failure(source: ScriptedSource, url: URL, tmp_path: Path) -> None:
    async with opened_jobs(tmp_path / "home", source, ProcessSandbox(), url) as jobs:
        retention = Stumbling(jobs, Keeping())
        removing = asyncio.create_task(retention.regularly(every=0))
        looked = asyncio.create_task(retention.again.wait())
        await asyncio.wait((removing, looked), return_when=asyncio.FIRST_COMPLETED)
        assert looked.done()
        removing.cancel()
        await asyncio.gather(removing, return_exceptions=True)


class Unremovable(InMemorySaver):
    def __init__(self, _: object) -> None:
        super().__init__()

    async def adelete_thread(self, thread_id: str) -> None:
        raise InterruptedError


async def test_a_job_goes_with_its_checkpoints_or_not_at_all(url: URL, tmp_path: Path) -> None:
    async with opened_jobs(tmp_path, ScriptedSource({}, tmp_path / "calls"), ProcessSandbox(), url) as jobs:
        fence = await claimed(jobs.database, "one")
        await jobs.checkpoints.open(fence).aput(place("one"), empty_checkpoint(), {}, {})
        await jobs.runs.leave(fence, "finish")
        broken = replace(jobs.checkpoints, make_saver=Unremovable)
        with pytest.raises(InterruptedError):
            await replace(jobs, checkpoints=broken).delete("one")
        assert (await jobs.runs.get("one")).status == "finished"
        await jobs.delete("one")
        async with jobs.checkpoints.look() as saver:
            assert await saver.aget_tuple(place("one")) is None
