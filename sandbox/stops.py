"""A wish to stop, passed on to whoever can."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable


@contextlib.asynccontextmanager
async def passed_on(stop: asyncio.Event | None, act: Callable[[], object]) -> AsyncGenerator[None]:
    """While this lasts, `act` is called once `stop` is set."""

    async def wait(event: asyncio.Event) -> None:
        await event.wait()
        act()

    task = asyncio.create_task(wait(stop)) if stop else None
    try:
        yield
    finally:
        if task:
            task.cancel()
