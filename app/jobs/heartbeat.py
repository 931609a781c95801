"""The sign of life of a run, and the ear for a wish to cancel it."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.db.fence import Fence
from app.db.tables import ago
from app.jobs.lifecycle import JobCancelled
from app.jobs.runs import Runs

T = TypeVar("T")
EVERY = 2.0
"""Seconds between two signs of life."""
LOOK = 2.0
"""Seconds after which it looks for a wish to cancel that it has not heard."""
SILENCE = 60.0
"""Seconds without one after which a worker counts as dead."""


def silent_since(seconds: float = SILENCE) -> str:
    """A worker whose last sign of life is older than this is dead."""
    return ago(seconds)


async def beat(runs: Runs, fence: Fence, every: float) -> NoReturn:
    """Raises JobCancelled, or LostJob when another worker has taken the run over."""
    next_beat = time.monotonic() + every
    async with runs.database.bell.hear(fence.run) as woken:
        while True:
            woken.clear()
            with contextlib.suppress(TimeoutError):
                # Each event of the run rings, and so does a wish to cancel it; one from afar may ring nowhere.
                async with asyncio.timeout(min(LOOK, max(0.0, next_beat - time.monotonic()))):
                    await woken.wait()
            try:
                unwanted = await runs.is_unwanted(fence.run)
                if time.monotonic() >= next_beat:
                    unwanted = await runs.beat(fence) or unwanted
                    next_beat = time.monotonic() + every
            except SQLAlchemyError:
                # A database that is away for a moment. If it stays away, the run itself will say so.
                await asyncio.sleep(LOOK)
                continue
            if unwanted:
                raise JobCancelled(f"{fence.run} was cancelled")


async def work_while(work: Coroutine[Any, Any, T], beats: Coroutine[Any, Any, NoReturn]) -> T:
    """The result of `work`, which is cancelled as soon as `beats` raises."""
    working, beating = asyncio.ensure_future(work), asyncio.ensure_future(beats)
    try:
        await asyncio.wait((working, beating), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else beating.result()
    finally:
        for task in (working, beating):
            task.cancel()
        await asyncio.gather(working, beating, return_exceptions=True)
