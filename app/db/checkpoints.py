"""Where LangGraph keeps the state of a run after each step: with the run; docs/decisions/0007 has the reason."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.fence import Fence
from app.db.session import Database
from graph.errors import RunUnknown

Saver = BaseCheckpointSaver[Any]
FOLLOWS = 0.01
"""Seconds that what a task wrote waits for the checkpoint of its step, to be written in one transaction with it."""


@dataclass(frozen=True)
class Checkpoints:
    database: Database
    make_saver: Callable[[Any], Saver]
    """One over a connection of the driver, which neither begins nor ends a transaction."""
    follows: float = FOLLOWS

    @contextlib.asynccontextmanager
    async def look(self) -> AsyncGenerator[Saver]:
        """A saver to read with."""
        async with self.database.read() as session:
            yield await self.within(session)

    async def within(self, session: AsyncSession) -> Saver:
        """A saver that reads and writes in the transaction of `session`."""
        connection = (await session.connection()).sync_connection
        assert connection
        return self.make_saver(connection.connection.driver_connection)

    def open(self, fence: Fence) -> "FencedSaver":
        """A saver for one run, which writes only as long as `fence` holds; else it raises LostJob."""
        return FencedSaver(self, fence)

    async def copy(self, run: str, checkpoint: str, to: str, changes: Mapping[str, Any]) -> None:
        """One checkpoint of `run` as the first one of `to`, which nobody runs yet, with other values of some fields.

        Not what was written after it, such as steps that ended beside others that did not: they are done anew.
        Raises RunUnknown when there is no such checkpoint any more.
        """
        async with self.database.write.begin() as session:
            saver = await self.within(session)
            found = await saver.aget_tuple(place(run, checkpoint))
            if found is None:
                raise RunUnknown(f"{run} has no checkpoint {checkpoint!r} any more")
            values = found.checkpoint["channel_values"] | dict(changes)
            copied: Checkpoint = {**found.checkpoint, "channel_values": values}
            # Those that a checkpoint of an earlier version of the program did not have are new, too.
            versions = dict.fromkeys(changes, max(copied["channel_versions"].values())) | copied["channel_versions"]
            copied["channel_versions"] = versions
            await saver.aput(place(to), copied, found.metadata, versions)

    async def delete(self, run: str) -> None:
        """All checkpoints of a run that rests."""
        async with self.database.write.begin() as session:
            await (await self.within(session)).adelete_thread(run)


def place(run: str, checkpoint: str | None = None) -> RunnableConfig:
    named = {"checkpoint_id": checkpoint} if checkpoint else {}
    return {"configurable": {"thread_id": run, "checkpoint_ns": ""} | named}


@cache
def plain_types() -> JsonPlusSerializer:
    """Loads only plain JSON types from a checkpoint, never a class that somebody wrote into it."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


@dataclass(frozen=True, eq=False)
class Writes:
    """What a task of a step has written, while others of the same step may still be at work."""

    config: RunnableConfig
    values: Sequence[tuple[str, Any]]
    task: str
    path: str
    kept: asyncio.Future[None]

    def fail(self, error: BaseException) -> None:
        if isinstance(error, asyncio.CancelledError):
            self.kept.cancel()
        elif not self.kept.done():
            self.kept.set_exception(error)
            # Who was cancelled, or has tried it by itself, does not ask: for asyncio that would be an error to log.
            self.kept.exception()

    def succeed(self) -> None:
        if not self.kept.done():
            self.kept.set_result(None)


class FencedSaver(Saver):
    """Writes each time while the run is held."""

    def __init__(self, checkpoints: Checkpoints, fence: Fence) -> None:
        super().__init__(serde=plain_types())
        self._checkpoints, self._fence = checkpoints, fence
        self._waiting: list[Writes] = []
        # To count versions as the saver does that keeps them; for that it needs no connection.
        self.get_next_version = checkpoints.make_saver(None).get_next_version

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        async with self._checkpoints.look() as saver:
            return await saver.aget_tuple(config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        async with self._checkpoints.look() as saver:
            async for found in saver.alist(config, filter=filter, before=before, limit=limit):
                yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        async with self._writing() as saver:
            return await saver.aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Ends when they are kept: with the checkpoint of their step, or by themselves where none follows at once."""
        mine = Writes(config, writes, task_id, task_path, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        await asyncio.wait([mine.kept], timeout=self._checkpoints.follows)
        if mine in self._waiting:
            async with self._writing():
                pass
        await mine.kept

    @contextlib.asynccontextmanager
    async def _writing(self) -> AsyncGenerator[Saver]:
        waiting, self._waiting = self._waiting, []
        try:
            async with self._fence.writing() as session:
                saver = await self._checkpoints.within(session)
                for writes in waiting:
                    await saver.aput_writes(writes.config, writes.values, writes.task, writes.path)
                yield saver
        except BaseException as error:
            for writes in waiting:
                writes.fail(error)
            raise
        for writes in waiting:
            writes.succeed()
