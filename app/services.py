"""What the routes of the API work with; `app.wiring` makes it, the lifespan of the API keeps it open."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from app.datasets.registered import RegisteredDatasets
from app.jobs.service import Jobs
from app.keys.quotas import Quotas
from app.keys.rate import RateLimit
from app.keys.service import Keys
from app.queue.worker import Worker
from app.settings import Settings
from app.telemetry.observer import Observer, Silent

T = TypeVar("T")


async def no_metrics() -> bytes:
    return b""


@dataclass(frozen=True)
class Services:
    settings: Settings
    jobs: Jobs
    datasets: RegisteredDatasets
    keys: Keys
    quotas: Quotas
    rate: RateLimit
    worker: Worker
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server is asked to stop: streams that would never end do."""
    observer: Observer = Silent()
    metrics_page: Callable[[], Awaitable[bytes]] = no_metrics
    """What Prometheus is to read of this moment."""

    async def until_closing(self, items: AsyncGenerator[T]) -> AsyncGenerator[T]:
        with self.observer.stream():
            async with contextlib.aclosing(until(self.closing, items)) as bounded:
                async for item in bounded:
                    yield item


async def until(closing: asyncio.Event, items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The items as they come; ends when `closing` is set, and closes them however it ends."""
    closed = asyncio.ensure_future(closing.wait())
    following: asyncio.Future[T | None] | None = None
    try:
        while True:
            following = asyncio.ensure_future(anext(items, None))
            await asyncio.wait((following, closed), return_when=asyncio.FIRST_COMPLETED)
            item = following.result() if following.done() else None
            if item is None:
                return
            yield item
    finally:
        closed.cancel()
        # Shielded: whoever breaks a stream off may cancel again while it is being closed.
        await asyncio.shield(give_up(following, items))


async def give_up(following: asyncio.Future[T | None] | None, items: AsyncGenerator[T]) -> None:
    if following:
        # Items that are being waited for cannot be closed.
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    await items.aclose()
