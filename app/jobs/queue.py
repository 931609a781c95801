"""Where jobs wait for a worker, as those see it who put them there."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Queue(Protocol):
    async def put(
        self, session: AsyncSession, run: str, queue: str, delay: float = 0.0, *, begun: bool = False
    ) -> None:
        """Within the transaction that makes `run` queued: once it is committed, a worker of `queue` hears of it.

        `delay` is in seconds. One that had `begun` goes before those that have not.
        """
        ...


class NoQueue:
    """For whoever runs its own jobs."""

    async def put(
        self, session: AsyncSession, run: str, queue: str, delay: float = 0.0, *, begun: bool = False
    ) -> None:
        """Nobody has to hear of it."""
