"""The checkpoints of a run, to be read."""

from dataclasses import dataclass
from typing import Any

from app.db.checkpoints import Checkpoints, place
from graph.build import build_graph


@dataclass(frozen=True)
class Step:
    id: str
    number: int
    """-1 for what the run began with."""
    at: str
    next: tuple[str, ...]
    parent: str | None
    state: dict[str, Any]
    question: dict[str, Any] | None
    """What it waits for a person with."""


@dataclass(frozen=True)
class History:
    checkpoints: Checkpoints

    async def steps(self, run: str, limit: int) -> list[Step]:
        """The newest first."""
        async with self.checkpoints.look() as saver:
            graph = build_graph().compile(checkpointer=saver)
            found = graph.aget_state_history(place(run), limit=limit)
            return [to_step(snapshot) async for snapshot in found]

    async def step(self, run: str, checkpoint: str | None = None) -> Step | None:
        """The one called `checkpoint`, or the last."""
        async with self.checkpoints.look() as saver:
            snapshot = await build_graph().compile(checkpointer=saver).aget_state(place(run, checkpoint))
        return to_step(snapshot) if snapshot.created_at else None


def to_step(snapshot: Any) -> Step:
    parent = snapshot.parent_config
    return Step(
        id=snapshot.config["configurable"]["checkpoint_id"],
        number=snapshot.metadata["step"],
        at=snapshot.created_at,
        next=tuple(snapshot.next),
        parent=parent["configurable"]["checkpoint_id"] if parent else None,
        state=dict(snapshot.values),
        question=snapshot.interrupts[0].value if snapshot.interrupts else None,
    )
