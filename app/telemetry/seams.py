"""Where an observer hears of what leaves this process: around the source of replies, and around the sandbox."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.messages import BaseMessage

from app.providers.ledger import Key, Reply
from app.providers.source import Books, Source
from app.telemetry.observer import CallSeen, Observer, ProgramSeen
from graph.ports import Tool
from sandbox.base import ExecResult, Program, Sandbox
from sandbox.environment import Environment
from sandbox.limits import Limits


@dataclass(frozen=True)
class ObservedSource:
    """Below the ledger, which answers what is paid already without asking anybody."""

    source: Source
    observer: Observer
    model: str

    async def chat(self, key: Key, messages: list[BaseMessage], tools: Sequence[Tool] = ()) -> Reply:
        seen = CallSeen(key, self.model, [message.text for message in messages])
        with self.observer.call(seen):
            seen.reply = await self.source.chat(key, messages, tools)
            return seen.reply

    async def search(self, key: Key, term: str, books: Books) -> Reply:
        seen = CallSeen(key, "", [term])
        with self.observer.call(seen):
            seen.reply = await self.source.search(key, term, books)
            return seen.reply

    async def embed(self, key: Key, texts: list[str]) -> Reply:
        seen = CallSeen(key, "", texts)
        with self.observer.call(seen):
            seen.reply = await self.source.embed(key, texts)
            return seen.reply


@dataclass(frozen=True)
class ObservedSandbox:
    sandbox: Sandbox
    observer: Observer

    @property
    def name(self) -> str:
        return self.sandbox.name

    @property
    def visible(self) -> tuple[Path, ...]:
        return self.sandbox.visible

    @property
    def environment(self) -> Environment:
        return self.sandbox.environment

    async def run(self, program: Program, limits: Limits, stop: asyncio.Event | None = None) -> ExecResult:
        seen = ProgramSeen(self.name)
        with self.observer.program(seen):
            seen.result = await self.sandbox.run(program, limits, stop)
            return seen.result

    async def close(self) -> None:
        await self.sandbox.close()
