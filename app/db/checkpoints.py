"""Where LangGraph keeps the state of a run after each step; one port, an adapter for either database."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
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
from graph.errors import RunUnknown

Saver = BaseCheckpointSaver[Any]
Within = Callable[[AsyncSession, Saver], Awaitable[Saver]]


class Checkpoints(ABC):
    @abstractmethod
    def look(self) -> contextlib.AbstractAsyncContextManager[Saver]:
        """A saver to read with."""

    @contextlib.asynccontextmanager
    async def open(self, fence: Fence) -> AsyncGenerator["FencedSaver"]:
        """A saver for one run, which writes only as long as `fence` holds; else it raises LostJob."""
        async with self.look() as saver:
            yield FencedSaver(saver, fence, self.within)

    async def within(self, session: AsyncSession, saver: Saver) -> Saver:
        """One that writes in the transaction of `session`, where both have the same database; else `saver`."""
        return saver

    async def copy(self, run: str, checkpoint: str, to: str, changes: Mapping[str, Any]) -> None:
        """One checkpoint of `run` as the first one of `to`, which nobody runs yet, with other values of some fields.

        Not what was written after it, such as steps that ended beside others that did not: they are done anew.
        Raises RunUnknown when there is no such checkpoint any more.
        """
        async with self.look() as saver:
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
        async with self.look() as saver:
            await saver.adelete_thread(run)


def place(run: str, checkpoint: str | None = None) -> RunnableConfig:
    named = {"checkpoint_id": checkpoint} if checkpoint else {}
    return {"configurable": {"thread_id": run, "checkpoint_ns": ""} | named}


def plain_types() -> JsonPlusSerializer:
    """Loads only plain JSON types from a checkpoint, never a class that somebody wrote into it."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


class FencedSaver(Saver):
    """Another saver, whose every write happens while the run is held."""

    def __init__(self, inner: Saver, fence: Fence, within: Within) -> None:
        super().__init__(serde=inner.serde)
        self._inner, self._fence, self._within = inner, fence, within

    def get_next_version(self, current: Any, channel: None) -> Any:
        return self._inner.get_next_version(current, channel)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await self._inner.aget_tuple(config)

    def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        return self._inner.alist(config, filter=filter, before=before, limit=limit)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        async with self._fence.writing() as session:
            saver = await self._within(session, self._inner)
            return await saver.aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        async with self._fence.writing() as session:
            saver = await self._within(session, self._inner)
            await saver.aput_writes(config, writes, task_id, task_path)
