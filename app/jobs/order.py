"""A job that is asked for from afar: what it may not name, and where its things go."""

from dataclasses import dataclass
from pathlib import Path

from app.db.tables import RunRow
from app.jobs.request import RunRequest
from app.jobs.runs import Owning, new_run_id
from app.jobs.service import Jobs
from graph.errors import TaskInvalid
from graph.scoring.registry import OPENERS
from graph.task import Task


@dataclass(frozen=True)
class Order:
    task: Task
    folder: str
    """Of the dataset, on this machine."""
    model: str
    sandbox: str
    asks_person: bool
    workspace: str
    idempotency_key: str | None = None
    replay: Path | None = None


async def place_order(jobs: Jobs, order: Order) -> RunRow:
    """The row of the queued job. Its data are looked at when it runs. Raises TaskInvalid."""
    refuse_paths(order.task)
    run = new_run_id(order.task.name)
    folder = jobs.home / "runs" / run
    request = RunRequest(
        task=order.task,
        base=folder,
        dataset=Path(order.folder),
        description=description_in(Path(order.folder)),
        model=order.model,
        sandbox=order.sandbox,
        out=folder / "result",
        replay=order.replay,
        asks_person=order.asks_person,
    )
    queue = "gpu" if order.task.constraints.device == "gpu" else "cpu"
    made = await jobs.runs.add(run, request, Owning(order.workspace, queue, order.idempotency_key))
    return await jobs.runs.get(made)


def description_in(folder: Path) -> Path | None:
    own = folder / "dataset.yaml"
    return own if own.is_file() else None


def refuse_paths(task: Task) -> None:
    """Raises TaskInvalid for what would name files of the server."""
    if task.dataset is not None:
        raise TaskInvalid("task.dataset: name the dataset beside the task")
    if task.knowledge:
        raise TaskInvalid("task.knowledge: files of the server cannot be named; leave it out")
    if task.scoring and task.scoring.scorer not in OPENERS:
        raise TaskInvalid(f"task.scoring.scorer: choose one of {', '.join(OPENERS)}")
