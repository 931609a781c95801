"""Quotas on either database: what counts as used, and what is refused then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.jobs import make_request

from app.db.session import Database
from app.db.tables import CallRow, DatasetRow, RunRow, now
from app.keys.errors import KeyInvalid, QuotaExceeded
from app.keys.quota import Quota, Use
from app.keys.quotas import Quotas

YESTERDAY = (datetime.now(UTC) - timedelta(hours=25)).isoformat(timespec="milliseconds")


@pytest.fixture
def quotas(database: Database) -> Quotas:
    return Quotas(database)


async def add(database: Database, *rows: Any) -> None:
    async with database.write.begin() as session:
        for row in rows:
            session.add(row)
            await session.flush()


def run(name: str, status: Any = "queued", workspace: str = "lab", queue: str = "cpu", created: str = "") -> RunRow:
    request = make_request(Path("nowhere")).as_json()
    return RunRow(id=name, status=status, workspace=workspace, queue=queue, created=created or now(), request=request)


def call(of: str, attempt: int = 1, **more: Any) -> CallRow:
    told: dict[str, Any] = {"input_tokens": 100, "output_tokens": 20, "usd": 0.5, "status": "finished", "at": now()}
    name = {"run": of, "kind": "chat", "node": "design", "iteration": 0, "item": "", "attempt": attempt, "request": ""}
    return CallRow(**name | told | more)


def dataset(name: str, size: int, workspace: str = "lab", uploaded: bool = True) -> DatasetRow:
    return DatasetRow(workspace=workspace, name=name, folder="/data", uploaded=uploaded, bytes=size)


async def test_a_workspace_that_did_nothing_has_used_nothing(quotas: Quotas) -> None:
    assert await quotas.use("lab") == Use()
    await quotas.refuse_job("lab")
    await quotas.refuse_bytes("lab", 10**15)


async def test_what_counts(quotas: Quotas) -> None:
    await add(
        quotas.database,
        run("waits"),
        run("runs", "running"),
        run("done", "finished", created=YESTERDAY),
        run("person", "waiting"),
        run("by hand", "running", queue=""),
        run("other", "running", workspace="other"),
        call("runs"),
        call("runs", 2, status="rejected", usd=None),
        call("runs", 3, at=YESTERDAY),
        call("runs", 4, outside=False),
        call("by hand"),
        call("other"),
        dataset("big", 5_000_000_000),
        dataset("small", 7),
        dataset("theirs", 11, workspace="other"),
        dataset("in place", 13, uploaded=False),
    )
    use = await quotas.use("lab")
    assert use == Use(jobs_running=2, jobs_a_day=3, tokens=360, usd=1.0, bytes=5_000_000_007)
    assert [type(value) for value in (use.tokens, use.usd, use.bytes)] == [int, float, int]


async def test_a_job_is_refused_when_the_quota_is_used_up(quotas: Quotas) -> None:
    await quotas.set("lab", Quota(jobs_running=1))
    await quotas.refuse_job("lab")
    await add(quotas.database, run("waits"))
    with pytest.raises(QuotaExceeded, match=r"^quota: 1 jobs may run or wait at a time: [^\n]+$"):
        await quotas.refuse_job("lab")
    await quotas.refuse_job("other")


async def test_bytes_are_refused_that_do_not_fit(quotas: Quotas) -> None:
    await quotas.set("lab", Quota(disk_mb=1))
    await quotas.refuse_bytes("lab", 1_000_000)
    with pytest.raises(QuotaExceeded):
        await quotas.refuse_bytes("lab", 1_000_001)


async def test_its_own_quota_goes_before_the_servers(database: Database) -> None:
    quotas = Quotas(database, Quota(tokens=10, usd=1.0))
    await quotas.set("lab", Quota(tokens=5_000_000_000))
    await quotas.set("lab", Quota(disk_mb=0))
    assert await quotas.get("lab") == Quota(tokens=5_000_000_000, usd=1.0, disk_mb=0)
    assert await quotas.get("other") == Quota(tokens=10, usd=1.0)
    await quotas.set("lab", Quota(usd=0.25), reset=True)
    assert await quotas.get("lab") == Quota(tokens=10, usd=0.25)
    with pytest.raises(KeyInvalid):
        await quotas.set("..", Quota())
