"""What every node can reach through its runtime: nothing of it is ever checkpointed."""

from dataclasses import dataclass

from graph.ports import Artifacts, Bench, Chat, Instructions, Library, Versions
from graph.task import Task
from sandbox.base import Sandbox
from sandbox.limits import Limits


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
    limits: Limits = Limits()
    asks_person: bool = False
    """Wait for a person's word after each evaluation."""

    def text(self, reference: str) -> str:
        return self.artifacts.get(reference).decode("utf-8")

    def keep(self, text: str) -> str:
        return self.artifacts.put(text.encode("utf-8"))
