"""One attempt at a run: from where it stands to its end, or to where it waits for a person."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from langgraph.config import get_stream_writer
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import RunControl
from langgraph.types import Command

from app.db.checkpoints import Checkpoints
from app.jobs.events import Journal
from app.jobs.progress import Event, Listener
from app.providers.ledger import Ledger, Usage
from graph.build import build_graph
from graph.context import Context
from graph.errors import RunFailed
from graph.state import State, first_state

RECURSION_LIMIT = 5000


@dataclass(frozen=True)
class Attempt:
    context: Context
    ledger: Ledger
    checkpoints: Checkpoints
    listener: Listener
    """Hears each event once it is in the journal."""
    control: RunControl | None = None
    """Through which it may be asked to stop after the step in progress; then GraphDrained is raised."""
    spent: float = 0.0
    """Seconds that earlier attempts took."""
    started: float = field(default_factory=time.monotonic)

    @property
    def journal(self) -> Journal:
        return Journal(self.ledger.fence)

    @property
    def seconds(self) -> float:
        return self.spent + time.monotonic() - self.started

    async def follow(self, answer: dict[str, Any] | None) -> tuple[State, bool]:
        """The last state, and whether it waits for a person; `answer` is the person's word, if it waited."""
        saver = self.checkpoints.open(self.ledger.fence)
        graph = compiled().copy({"checkpointer": saver})
        config: Any = {"configurable": {"thread_id": self.ledger.run}, "recursion_limit": RECURSION_LIMIT}
        snapshot = await graph.aget_state(config)
        answer = answer if is_meant(answer, snapshot) else None
        if goes_on(snapshot, answer):
            stream = graph.astream(
                entry(snapshot, answer, self.context),
                config,
                context=self.context,
                control=self.control,
                stream_mode=["tasks", "custom"],
                durability="sync",
                version="v2",
            )
            async for parts in by_step(stream):
                await self._tell(parts)
            snapshot = await graph.aget_state(config)
        if snapshot.tasks and not snapshot.interrupts:
            raise RunFailed(f"the run stopped at {snapshot.tasks[0].name}; `autoiot resume` goes on")
        return State(**snapshot.values), bool(snapshot.interrupts)

    async def _tell(self, parts: Sequence[Any]) -> None:
        usage = await self.ledger.calls.usage()
        events = [to_event(part, usage, self.seconds) for part in parts]
        await self.journal.write(*events)
        for event in events:
            self.listener(event)


@cache
def compiled() -> CompiledStateGraph[State, Context, State, State]:
    """Once for a process: it takes as long as all else before the first step."""
    return build_graph().compile()


def goes_on(snapshot: Any, answer: dict[str, Any] | None) -> bool:
    """Not when it is at its end already, nor when it waits and nobody has answered."""
    # Not `next`: that leaves out what was done but not yet checkpointed when the process was killed.
    finished = snapshot.created_at and not snapshot.tasks
    return not finished and not (snapshot.interrupts and answer is None)


def is_meant(answer: dict[str, Any] | None, snapshot: Any) -> bool:
    """An answer that names an iteration is to that question only: it may have been heard before a crash."""
    if answer is None or not snapshot.interrupts or "iteration" not in answer:
        return True
    return answer["iteration"] == snapshot.interrupts[0].value["iteration"]


def entry(snapshot: Any, answer: dict[str, Any] | None, context: Context) -> Any:
    if not snapshot.created_at:
        return first_state(asks_person=context.asks_person)
    return Command(resume=answer) if snapshot.interrupts else None


async def by_step(stream: AsyncIterator[Any]) -> AsyncGenerator[list[Any]]:
    """Each part as it comes, but what ends a step only with what begins the next: one transaction for both."""
    held, running = list[Any](), 0
    try:
        async for part in stream:
            held.append(part)
            if part["type"] == "tasks":
                running += 1 if "input" in part["data"] else -1
            if running:
                yield held
                held = []
    except Exception:
        # Such as when it was asked to stop after a step: that this one has ended is told all the same.
        if held:
            yield held
        raise
    if held:
        yield held


def to_event(part: Any, usage: Usage, seconds: float) -> Event:
    data = part["data"]
    if part["type"] == "tasks":
        kind = "started" if "input" in data else "finished"
        given = data.get("input") or {}
        item = given.get("term") or given.get("module") or given.get("draft") or ""
        return Event(kind, data["name"], usage, seconds, int(given.get("iteration") or 0), item)
    if "note" in data:
        return Event("note", "", usage, seconds, text=data["note"])
    return Event("version", "evaluate", usage, seconds, data=data)


def note(text: str) -> None:
    """One line for whoever follows the job, from within a node."""
    get_stream_writer()({"note": text})
