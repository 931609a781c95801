"""Work goes on as long as its signs of life do."""

import asyncio
from typing import NoReturn

import pytest

from app.db.errors import LostJob
from app.db.tables import now
from app.jobs.heartbeat import silent_since, work_while


async def never() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError


async def test_work_that_ends_gives_its_result() -> None:
    async def work() -> str:
        return "done"

    assert await work_while(work(), never()) == "done"


async def test_work_that_fails_fails() -> None:
    async def work() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        await work_while(work(), never())


@pytest.mark.parametrize("by", ["loss", "cancel"])
async def test_work_is_cancelled_and_may_clear_up(by: str) -> None:
    begun, cleared = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleared.set()

    async def lose() -> NoReturn:
        await begun.wait()
        raise LostJob

    working = asyncio.create_task(work_while(work(), lose() if by == "loss" else never()))
    await begun.wait()
    if by == "cancel":
        working.cancel()
    with pytest.raises(LostJob if by == "loss" else asyncio.CancelledError):
        await working
    assert cleared.is_set()


def test_times_can_be_compared_as_text() -> None:
    assert "" < silent_since(60) < silent_since(0) <= now()
    assert len(silent_since()) == len(now())
