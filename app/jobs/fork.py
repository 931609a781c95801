"""A new job that begins at a checkpoint of another one, with some things changed."""

import asyncio
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.datasets.errors import DatasetTaken
from app.db.plain import storable
from app.db.tables import CallRow, DatasetRow, InstructionRow, RunRow, Table, VersionRow
from app.jobs.history import Step
from app.jobs.lifecycle import ChangeRefused
from app.jobs.once import Once
from app.jobs.order import queue_of
from app.jobs.request import RunRequest
from app.jobs.runs import Owning, new_run_id
from app.jobs.service import Jobs
from graph.errors import RunUnknown
from graph.hearing import FOLLOWING, can_be_heard
from graph.position import Position, is_first, may_improve, of_call, of_checkpoint, of_version
from graph.task import Constraints

Row = TypeVar("Row", bound=Table)


@dataclass(frozen=True)
class Changes:
    """What the new job does otherwise; None keeps what the other one has."""

    model: str | None = None
    iterations: int | None = None
    remarks: str | None = None
    constraints: Constraints | None = None
    asks_person: bool | None = None
    instruction: str | None = None
    """A person's word for the first step that can follow it."""

    def of_task(self) -> dict[str, Any]:
        given = {"iterations": self.iterations, "remarks": self.remarks, "constraints": self.constraints}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Fork:
    parent: RunRow
    step: Step
    changes: Changes
    once: Once | None = None

    @property
    def position(self) -> Position:
        return of_checkpoint(self.step.next, self.step.state)


async def place_fork(jobs: Jobs, fork: Fork) -> RunRow:
    """The row of the queued job.

    Raises ChangeRefused, DatasetTaken, KeyReused, or RunUnknown where the other is gone by now.
    """
    run = new_run_id(fork.parent.request["task"]["name"])
    request = request_of(jobs, fork, run)
    refuse_useless(fork, request)
    origin = {"job": fork.parent.id, "checkpoint": fork.step.id}
    owning = Owning(fork.parent.workspace, queue_of(request.task), fork.once, origin)

    async def take_over(session: AsyncSession) -> None:
        await hold_ground(session, fork)
        session.add_all(await inherited(session, fork, run))
        if fork.changes.instruction:
            session.add(InstructionRow(run=run, number=1, text=storable(fork.changes.instruction)))

    made = ""
    try:
        # First, and under a name that nobody knows yet: whoever takes the job finds it.
        if not is_first(fork.step.next):
            await asyncio.to_thread(jobs.artifacts_of(run).adopt, jobs.artifacts_of(fork.parent.id))
            changes = {"asks_person": request.asks_person} | told(jobs, fork, run)
            await jobs.checkpoints.copy(fork.parent.id, fork.step.id, run, changes)
        made = await jobs.runs.add(run, request, owning, within=take_over)
    finally:
        if made != run:
            await jobs.checkpoints.delete(run)
            await asyncio.to_thread(shutil.rmtree, jobs.home / "runs" / run, ignore_errors=True)
    return await jobs.runs.get(made)


def refuse_useless(fork: Fork, request: RunRequest) -> None:
    """Raises ChangeRefused for what would do nothing, or not be the job that was asked for."""
    changes = fork.changes
    if not fork.parent.queue:
        raise ChangeRefused("the job was made on the command line; only jobs of the server can be forked")
    if not fork.step.next:
        raise ChangeRefused("the job ends at that checkpoint; fork an earlier one")
    late = {"iterations": changes.iterations, "review": changes.asks_person}
    given = [name for name, value in late.items() if value is not None]
    if given and not may_improve(fork.step.next, fork.step.state):
        raise ChangeRefused(f"{given[0]}: no improvement follows on that checkpoint; fork an earlier one")
    refuse_unheard(fork, request)


def refuse_unheard(fork: Fork, request: RunRequest) -> None:
    if not fork.changes.instruction or FOLLOWING & set(fork.step.next):
        return
    if not can_be_heard(fork.step.next, fork.step.state, request.task.candidates):
        raise ChangeRefused("instruction: no step follows that could hear it; fork an earlier checkpoint")


def told(jobs: Jobs, fork: Fork, run: str) -> dict[str, Any]:
    """What of the state tells of instructions: the new job counts its own."""
    if not fork.changes.instruction or not FOLLOWING & set(fork.step.next):
        return {"heard": 0}
    # The step that would take it up is over already.
    reference = jobs.artifacts_of(run).put(storable(fork.changes.instruction).encode())
    return {"heard": 1, "instructions": [*fork.step.state.get("instructions", []), reference]}


def request_of(jobs: Jobs, fork: Fork, run: str) -> RunRequest:
    old, changes = RunRequest.from_json(fork.parent.request), fork.changes
    folder = jobs.home / "runs" / run
    return replace(
        old,
        # The fields that were given stay the ones that are kept: `model_copy` adds the changed ones to them.
        task=old.task.model_copy(update=changes.of_task()),
        base=folder,
        out=folder / "result",
        model=changes.model or old.model,
        asks_person=old.asks_person if changes.asks_person is None else changes.asks_person,
    )


async def hold_ground(session: AsyncSession, fork: Fork) -> None:
    """Until the end of the transaction nobody deletes what the fork stands on. Raises RunUnknown, DatasetTaken."""
    parent = select(RunRow.id).where(RunRow.id == fork.parent.id).with_for_update()
    if await session.scalar(parent) is None:
        raise RunUnknown(f"there is no job {fork.parent.id!r}")
    mine = (DatasetRow.workspace == fork.parent.workspace, DatasetRow.folder == fork.parent.request["dataset"])
    if await session.scalar(select(DatasetRow.name).where(*mine).with_for_update()) is None:
        raise DatasetTaken("the dataset of that job has been replaced or deleted; hand in a new job")


async def inherited(session: AsyncSession, fork: Fork, run: str) -> list[Table]:
    """Copies of what the other job had when it was there: its candidates, and the calls that had been answered."""
    here, parent = fork.position, fork.parent.id
    calls = await session.scalars(
        select(CallRow).where(CallRow.run == parent, CallRow.status == "finished").order_by(CallRow.id)
    )
    versions = await session.scalars(select(VersionRow).where(VersionRow.run == parent))
    return [
        *copies((c for c in calls if of_call(c.kind, c.node, c.iteration, c.item) < here), run, inherited=True),
        *copies((v for v in versions if of_version(v.version) < here), run),
    ]


def copies(rows: Iterable[Row], run: str, **values: Any) -> list[Row]:
    return [type(row)(**columns(row) | {"run": run} | values) for row in rows]


def columns(row: Table) -> dict[str, Any]:
    """Its columns, but not a number that the database gives."""
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name != "id"}
