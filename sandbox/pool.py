"""Sandboxes that are started before there is a program for them.

Each is used once, by one program, and never again. What is kept ready is like what is asked for most lately: the
same input folder, the same limits. It has the scientific packages imported already, which takes longer than many
a program; and it takes memory while it waits, so there are few, and none for longer than a while.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.base import ExecResult, Program, Started, Starter
from sandbox.environment import Environment
from sandbox.errors import SandboxError
from sandbox.limits import Limits
from sandbox.protocol import IMPORTED

IDLE_SECONDS = 900.0
"""A model takes minutes for an answer: shorter, and it would never be used."""
LEAST_MEMORY_MB = 512
"""With less, the packages alone may take a good part of it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """What a sandbox that is ready can be used for."""

    inputs: Path
    limits: Limits
    identity: tuple[int, int]
    """Of the folder: one that was made anew under the same name is another, and not what is mounted."""


@dataclass
class Ready:
    kind: Kind
    started: Started
    expiry: asyncio.TimerHandle | None = None


@dataclass(frozen=True)
class PooledSandbox:
    starter: Starter
    size: int
    """How many are kept ready, of all kinds together."""
    idle_seconds: float = IDLE_SECONDS
    imported: tuple[str, ...] = IMPORTED
    least_memory_mb: int = LEAST_MEMORY_MB
    waiting: deque[Ready] = field(default_factory=deque[Ready])
    """The oldest first."""
    tasks: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])
    coming: list[Kind] = field(default_factory=list[Kind])

    @property
    def name(self) -> str:
        return self.starter.name

    @property
    def environment(self) -> Environment:
        return self.starter.environment

    @property
    def visible(self) -> tuple[Path, ...]:
        return self.starter.visible

    @property
    def memory_mb(self) -> float:
        """What those that wait take, together."""
        return sum(ready.started.memory_mb for ready in self.waiting)

    async def run(self, program: Program, limits: Limits, stop: asyncio.Event | None = None) -> ExecResult:
        kind = await self.kind_of(program, limits)
        try:
            return await self.starter.run(program, limits, stop, self._take(kind) if kind else None)
        finally:
            # Not before: a program shall have the machine for itself, as its time is measured.
            if kind and program.recurring:
                self.fill(kind)

    async def measure(self, inputs: Path, limits: Limits) -> float:
        """MiB that one takes while it waits; raises SandboxError when none gets ready."""
        started = await self.starter.start(inputs, limits, imported=self.imported, waits=self.idle_seconds)
        try:
            await started.ready()
            return started.memory_mb
        finally:
            await started.end()

    async def kind_of(self, program: Program, limits: Limits) -> Kind | None:
        """None for what has to be started for this program alone."""
        if limits.gpu or limits.memory_mb < self.least_memory_mb:
            return None
        return await asyncio.to_thread(identify, program.inputs, limits)

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        while self.waiting:
            self._discard(self.waiting[0])
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.starter.close()

    def fill(self, kind: Kind) -> None:
        """Start as many of this kind as are missing, in the background; older kinds make room."""
        there = self.coming.count(kind) + sum(ready.kind == kind for ready in self.waiting)
        for _ in range(self.size - there):
            self.coming.append(kind)
            task = self._in_background(self._add(kind))
            # Not in the task: one that is cancelled at once never begins.
            task.add_done_callback(lambda _: self.coming.remove(kind))

    def _take(self, kind: Kind) -> Started | None:
        for ready in [ready for ready in self.waiting if ready.kind == kind]:
            self._forget(ready)
            if ready.started.is_alive():
                return ready.started
            self._in_background(ready.started.end())
        return None

    async def _add(self, kind: Kind) -> None:
        started = None
        try:
            started = await self.starter.start(
                kind.inputs, kind.limits, imported=self.imported, waits=self.idle_seconds
            )
            await started.ready()
        except BaseException as error:
            if started:
                await started.end()
            if not isinstance(error, SandboxError):
                raise
            # A failure is no one's: a program that finds none ready gets one of its own, or hears why not.
            log.info("no sandbox could be made ready: %s", error)
            return
        ready = Ready(kind, started)
        ready.expiry = asyncio.get_running_loop().call_later(self.idle_seconds, self._discard, ready)
        self.waiting.append(ready)
        while len(self.waiting) > self.size:
            self._discard(self.waiting[0])

    def _discard(self, ready: Ready) -> None:
        self._forget(ready)
        self._in_background(ready.started.end())

    def _forget(self, ready: Ready) -> None:
        with contextlib.suppress(ValueError):
            self.waiting.remove(ready)
        if ready.expiry:
            ready.expiry.cancel()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


def identify(inputs: Path, limits: Limits) -> Kind | None:
    try:
        folder = inputs.resolve()
        found = folder.stat()
    except OSError:
        return None
    return Kind(folder, limits, (found.st_dev, found.st_ino))
