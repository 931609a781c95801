"""What every node can reach through its runtime: nothing of it is ever checkpointed."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import inf

from graph.ports import Artifacts, Bench, Chat, Critic, Instructions, Library, Versions
from graph.quality import Finding
from graph.task import Task
from sandbox.base import Sandbox
from sandbox.limits import Limits


def unwatched(_: str) -> AbstractContextManager[None]:
    return contextlib.nullcontext()


class Silent:
    """The critic that has nothing to say."""

    async def read(self, source: str) -> list[Finding] | None:
        return None


@dataclass(frozen=True)
class Context:
    task: Task
    chat: Chat
    library: Library
    artifacts: Artifacts
    versions: Versions
    instructions: Instructions
    bench: Bench
    sandbox: Sandbox
    critic: Critic = Silent()
    limits: Limits = Limits()
    at_once: int = 1
    """How many programs of candidates may run beside each other."""
    asks_person: bool = False
    """Wait for a person's word after each evaluation."""
    minutes_left: Callable[[], float] = lambda: inf
    """Of what the budget allows for; only what asks no model has to look."""
    around: Callable[[str], AbstractContextManager[None]] = unwatched
    """Entered for each node, by its name, and left when it has ended."""

    def text(self, reference: str) -> str:
        return self.artifacts.get(reference).decode("utf-8")

    def keep(self, text: str) -> str:
        return self.artifacts.put(text.encode("utf-8"))
