"""Sandboxes that are started before there is a program, and run nothing."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from fakes.sandbox import ENDED_WELL

from sandbox.base import ExecResult, Program, Started
from sandbox.environment import base_environment
from sandbox.errors import SandboxBroken
from sandbox.limits import Limits


@dataclass
class FakeStarted:
    inputs: Path
    limits: Limits
    imported: tuple[str, ...]
    memory_mb: float = 100.0
    alive: bool = True
    ran: list[Program] = field(default_factory=list)
    ends: int = 0

    def is_alive(self) -> bool:
        return self.alive

    async def ready(self) -> None:
        await asyncio.sleep(0)

    async def run(self, program: Program, stop: asyncio.Event | None = None) -> ExecResult:
        self.ran.append(program)
        return ENDED_WELL

    async def end(self) -> None:
        self.ends += 1


class FakeStarter:
    name = "fake"
    visible: tuple[Path, ...] = (Path("/usr"),)
    environment = base_environment()

    def __init__(self) -> None:
        self.started: list[FakeStarted] = []
        self.fresh: list[Program] = []
        self.broken = False
        self.closed = 0

    async def start(
        self, inputs: Path, limits: Limits, *, imported: tuple[str, ...] = (), waits: float = 0.0
    ) -> FakeStarted:
        if self.broken:
            raise SandboxBroken("the engine is down")
        self.started.append(FakeStarted(inputs, limits, imported))
        return self.started[-1]

    async def run(
        self, program: Program, limits: Limits, stop: asyncio.Event | None = None, ready: Started | None = None
    ) -> ExecResult:
        if ready is None:
            self.fresh.append(program)
            return ENDED_WELL
        try:
            return await ready.run(program, stop)
        finally:
            await ready.end()

    async def close(self) -> None:
        self.closed += 1
