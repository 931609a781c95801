"""A job that is asked for from afar: what it may not name, and where its things go."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.datasets.errors import DatasetTaken
from app.datasets.rows import hold
from app.db.tables import RunRow
from app.jobs.description import own_description
from app.jobs.once import Once
from app.jobs.request import RunRequest
from app.jobs.runs import Owning, new_run_id
from app.jobs.service import Jobs
from graph.errors import TaskInvalid
from graph.scoring.registry import OPENERS
from graph.task import Task


@dataclass(frozen=True)
class Order:
    task: Task
    dataset: str
    folder: Path
    """Of that dataset, on this machine."""
    model: str
    sandbox: str
    asks_person: bool
    workspace: str
    once: Once | None = None
    replay: Path | None = None


async def place_order(jobs: Jobs, order: Order) -> RunRow:
    """The row of the queued job. Its data are looked at when it runs. Raises TaskInvalid, DatasetTaken, KeyReused."""
    refuse_paths(order.task)
    await refuse_unknown(jobs, order)
    run = new_run_id(order.task.name)
    folder = jobs.home / "runs" / run
    request = RunRequest(
        task=order.task,
        base=folder,
        dataset=order.folder,
        description=await asyncio.to_thread(own_description, order.folder),
        model=order.model,
        sandbox=order.sandbox,
        out=folder / "result",
        replay=order.replay,
        asks_person=order.asks_person,
        kept=order.task.knowledge,
    )

    async def still_there(session: AsyncSession) -> None:
        row = await hold(session, order.workspace, order.dataset)
        if row is None or row.folder != str(order.folder):
            raise DatasetTaken(f"{order.dataset} has just been changed or deleted: try again")

    owning = Owning(order.workspace, queue_of(order.task), order.once)
    made = await jobs.runs.add(run, request, owning, within=still_there)
    return await jobs.runs.get(made)


def queue_of(task: Task) -> str:
    return "gpu" if task.constraints.device == "gpu" else "cpu"


async def refuse_unknown(jobs: Jobs, order: Order) -> None:
    """Raises TaskInvalid for knowledge that the workspace does not keep: files of the server cannot be named."""
    known = await jobs.shelf.documents.collections(order.workspace) if order.task.knowledge else []
    unknown = next((name for name in order.task.knowledge if name not in known), None)
    if unknown is not None:
        raise TaskInvalid(f"task.knowledge: there is no collection {unknown[:80]!r}; add documents to it first")


def refuse_paths(task: Task) -> None:
    """Raises TaskInvalid for what would name files of the server."""
    if task.dataset is not None:
        raise TaskInvalid("task.dataset: name the dataset beside the task")
    if task.scoring and task.scoring.scorer not in OPENERS:
        raise TaskInvalid(f"task.scoring.scorer: choose one of {', '.join(OPENERS)}")
