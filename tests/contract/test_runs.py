"""The table of runs and the archive, on either database: who has a run, and who has lost it."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from fakes.jobs import claimed, make_request

from app.db.errors import LostJob
from app.db.session import Database
from app.db.tables import now
from app.jobs.archive import Archive
from app.jobs.events import Events, Journal
from app.jobs.lifecycle import Change, ChangeRefused
from app.jobs.progress import Event
from app.jobs.runs import Owning, Runs
from app.jobs.setbacks import MOST
from app.providers.ledger import Usage
from graph.errors import RunFailed, RunUnknown
from graph.values import Version

NOTE = Event("note", "", Usage(0, 0, 0, 0, 0, None), 0.0, text="a note")


@pytest.fixture
async def runs(database: Database, tmp_path: Path) -> Runs:
    runs = Runs(database)
    await runs.add("one", make_request(tmp_path))
    return runs


async def take(runs: Runs, worker: str = "here#1") -> None:
    await runs.claim(await runs.get("one"), worker)


async def test_a_new_run_is_queued_and_kept_whole(runs: Runs, tmp_path: Path) -> None:
    row = await runs.get("one")
    assert (row.status, row.attempt, row.worker, row.cancel_requested) == ("queued", 0, "", False)
    assert row.request == make_request(tmp_path).as_json()
    assert [row.id for row in await runs.all()] == ["one"]


async def test_a_run_that_nobody_knows(runs: Runs) -> None:
    refused: list[Callable[[str], Awaitable[object]]] = [
        runs.get,
        runs.resume,
        lambda run: runs.answer(run, {}),
        runs.cancel,
    ]
    for ask in refused:
        with pytest.raises(RunUnknown):
            await ask("two")


async def test_one_of_many_gets_it(runs: Runs) -> None:
    seen = await runs.get("one")
    asked = [runs.claim(seen, f"worker#{number}") for number in range(8)]
    got = await asyncio.gather(*asked, return_exceptions=True)
    refused = [error for error in got if isinstance(error, BaseException)]
    assert len(refused) == 7
    assert {str(error) for error in refused} == {"one is being run by another process"}
    assert all(isinstance(error, RunFailed) for error in refused)
    row = await runs.get("one")
    assert (row.status, row.attempt, row.worker[:7]) == ("running", 1, "worker#")
    assert row.heartbeat and row.started and row.ended is None


async def test_only_from_a_worker_that_is_dead_it_is_taken(runs: Runs) -> None:
    await take(runs, "here#1")
    with pytest.raises(RunFailed, match="is being run by another process"):
        await take(runs, "there#1")
    assert (await runs.claim(await runs.get("one"), "there#1", dead=True)).attempt == 2
    assert (await runs.get("one")).worker == "there#1"


async def test_a_dead_worker_that_gives_a_sign_of_life_keeps_it(runs: Runs) -> None:
    fence = await claimed(runs.database, "one")
    seen = await runs.get("one")
    await asyncio.sleep(0.002)
    await runs.beat(fence)
    with pytest.raises(RunFailed):
        await runs.claim(seen, "there#1", dead=True)
    assert not await runs.reap(seen)
    assert (await runs.get("one")).attempt == 1


async def test_a_lost_worker_can_write_nothing_and_its_run_is_queued(runs: Runs) -> None:
    fence = await claimed(runs.database, "one")
    assert await runs.reap(await runs.get("one"))
    row = await runs.get("one")
    assert (row.status, row.attempt, row.setbacks, row.ended) == ("queued", 2, 1, None)
    assert "here#1 gave no sign of life" in row.problem
    for write in (runs.beat(fence), runs.leave(fence, "finish"), runs.leave(fence, "requeue")):
        with pytest.raises(LostJob):
            await write
    await runs.add("two", make_request(Path("/nowhere")))
    assert not await runs.reap(await runs.get("two"))


async def test_a_run_that_has_lost_too_many_workers_stops(runs: Runs) -> None:
    for _ in range(MOST):
        await take(runs)
        await runs.reap(await runs.get("one"))
        assert (await runs.get("one")).status == "queued"
    await take(runs)
    await runs.reap(await runs.get("one"))
    row = await runs.get("one")
    assert (row.status, row.ended is None) == ("stopped", False)
    await runs.resume("one")
    assert (await runs.get("one")).setbacks == 0


async def test_what_is_given_back_for_later_is_not_taken_before(runs: Runs) -> None:
    await runs.add("two", make_request(Path("/nowhere")), Owning(queue="cpu"))
    fence = await runs.claim(await runs.get("two"), "here#1")
    await runs.leave(fence, "requeue", 600, setbacks=3, problem="the engine is away")
    row = await runs.get("two")
    assert (row.status, row.setbacks, row.problem) == ("queued", 3, "the engine is away")
    assert await runs.queued(["cpu"]) == []
    await runs.cancel("two")


async def test_who_rests_may_go_on_and_who_has_ended_may_not(runs: Runs) -> None:
    fence = await claimed(runs.database, "one")
    await runs.leave(fence, "stop", problem="it broke", seconds=1.5)
    row = await runs.get("one")
    assert (row.status, row.problem, row.seconds, row.ended is None) == ("stopped", "it broke", 1.5, False)
    with pytest.raises(ChangeRefused, match="a job that is stopped cannot be answered"):
        await runs.answer("one", {"action": "go"})
    await runs.resume("one")
    row = await runs.get("one")
    assert (row.status, row.ended) == ("queued", None)
    fence = await claimed(runs.database, "one")
    assert (await runs.get("one")).problem == ""
    await runs.leave(fence, "wait")
    with pytest.raises(ChangeRefused, match="a job that is waiting cannot be resumed"):
        await runs.resume("one")
    await runs.answer("one", {"action": "go"})
    row = await runs.get("one")
    assert (row.status, row.answer) == ("queued", {"action": "go"})
    with pytest.raises(ChangeRefused, match="a job that is queued cannot be answered"):
        await runs.answer("one", {"action": "stop"})
    fence = await claimed(runs.database, "one")
    await runs.leave(fence, "finish", result={"best": None, "value": math.nan})
    assert (await runs.get("one")).result == {"best": None, "value": None}
    with pytest.raises(ChangeRefused, match="a job that is finished cannot be run"):
        await take(runs)
    with pytest.raises(ChangeRefused, match="a job that is finished cannot be resumed"):
        await runs.resume("one")
    with pytest.raises(ChangeRefused, match="cannot be cancelled"):
        await runs.cancel("one")


async def test_a_run_that_nobody_runs_is_cancelled_at_once(runs: Runs) -> None:
    assert await runs.cancel("one") == "cancelled"
    assert (await runs.get("one")).ended
    with pytest.raises(ChangeRefused):
        await take(runs)


@pytest.mark.parametrize("change", ["wait", "stop", "requeue"])
async def test_who_lets_go_of_what_is_to_be_cancelled_cancels_it(runs: Runs, change: Change) -> None:
    fence = await claimed(runs.database, "one")
    assert await runs.cancel("one") == "running"
    await runs.leave(fence, change)
    row = await runs.get("one")
    assert (row.status, row.ended is None) == ("cancelled", False)
    told = [event.kind async for event in Events(runs.database).follow("one")]
    assert told[-3:] == ["cancel", "receipt", "status"]


async def test_what_is_finished_all_the_same_is_finished(runs: Runs) -> None:
    fence = await claimed(runs.database, "one")
    await runs.cancel("one")
    await runs.leave(fence, "finish")
    assert (await runs.get("one")).status == "finished"


async def test_an_answer_that_was_not_heard_outlives_a_stop(runs: Runs) -> None:
    await runs.leave(await claimed(runs.database, "one"), "wait")
    await runs.answer("one", {"action": "go", "iteration": 1})
    await runs.leave(await claimed(runs.database, "one"), "stop")
    await runs.resume("one")
    assert (await runs.get("one")).answer == {"action": "go", "iteration": 1}


async def test_the_worker_hears_that_its_run_is_to_be_cancelled(runs: Runs) -> None:
    fence = await claimed(runs.database, "one")
    before = (await runs.get("one")).heartbeat
    assert await runs.beat(fence) is False
    assert before <= (await runs.get("one")).heartbeat <= now()
    assert await runs.cancel("one") == "running"
    assert await runs.beat(fence) is True
    await runs.leave(fence, "cancel")
    assert (await runs.get("one")).status == "cancelled"
    with pytest.raises(LostJob):
        await runs.beat(fence)


async def test_who_was_thought_dead_and_wakes_can_write_nothing(runs: Runs) -> None:
    lost = await claimed(runs.database, "one")
    await Archive(lost).save(Version(1, None, "first", "f00d", "ok"))
    held = await claimed(runs.database, "one", "there#1")
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: Archive(lost).save(Version(1, None, "late", "f00d", "ok")),
        lambda: Journal(lost).write(NOTE),
        lambda: runs.beat(lost),
        lambda: runs.leave(lost, "finish"),
        lambda: runs.leave(lost, "stop", problem="late"),
    ]
    for write in writes:
        with pytest.raises(LostJob):
            await write()
    row = await runs.get("one")
    assert (row.status, row.attempt, row.worker, row.problem) == ("running", 2, "there#1", "")
    assert [version.idea for version in await Archive(held).all()] == ["first"]
    await Archive(held).save(Version(2, 1, "mine", "f00d", "ok"))


async def test_nothing_is_written_any_more_to_a_run_that_was_left(runs: Runs) -> None:
    fence = await claimed(runs.database, "one")
    await runs.leave(fence, "wait")
    with pytest.raises(LostJob):
        await Journal(fence).write(NOTE)


async def test_while_a_write_is_under_way_nobody_claims(runs: Runs) -> None:
    fence = await claimed(runs.database, "one")
    async with fence.writing():
        claim = asyncio.create_task(claimed(runs.database, "one", "there#1"))
        await asyncio.sleep(0.2)
        assert not claim.done()
    assert (await claim).attempt == 2


async def test_a_candidate_is_kept_and_replaced(runs: Runs) -> None:
    archive = Archive(await claimed(runs.database, "one"))
    first = Version(1, None, "a\0b", "f00d", "ok", validation={"f1": 0.5, "auc": math.nan}, claim={"f1": 1.0})
    await archive.save(first)
    await archive.save(Version(2, 1, "idea", "f00d", "failed"))
    await archive.save(Version(2, 1, "better", "f00d", "ok"))
    one, two = await archive.all()
    assert one.validation and math.isnan(one.validation.pop("auc"))
    assert (one.idea, one.validation, one.claim) == ("a\0b", {"f1": 0.5}, {"f1": 1.0})
    assert (two.idea, two.validation) == ("better", None)
