"""`/v1/jobs`: submit, list, look, cancel, go on, delete."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.accepted import Accepted, Key, accept, once
from app.api.access import Asking
from app.api.described import Job, JobLine, Page, describe, describe_line
from app.api.owned import Owned
from app.api.problems import answers
from app.api.services import Given
from app.db.tables import RunRow, Status
from app.jobs.lifecycle import ChangeRefused
from app.jobs.order import Order, place_order
from app.jobs.overview import overview
from graph.task import Task
from sandbox.registry import AUTO

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], responses=answers(400, 401, 422, 429, 503))


class JobRequest(BaseModel):
    """What a task file says, and on which data."""

    model_config = ConfigDict(extra="forbid")

    task: Task
    dataset: Annotated[str, Field(max_length=64)]
    """The name of a registered dataset."""
    model: Annotated[str, Field(max_length=200)] | None = None
    sandbox: Literal["auto", "docker", "bubblewrap"] = "auto"
    review: bool = False
    """Wait for a person's word after each evaluation."""


@router.post("", status_code=202, responses=answers(404, 413))
async def submit(body: JobRequest, services: Given, caller: Asking, response: Response, key: Key = None) -> Accepted:
    """Queue a job. With the same `Idempotency-Key`, the same job is meant: it is not made twice.

    422 where that key came with another request before.
    """
    repeated = once(key, body, "jobs")
    # First: what was taken once is not refused when it is asked for again.
    if made := await services.jobs.runs.made_with(caller.workspace, repeated):
        return accept(made, response)
    folder = await services.datasets.folder(caller.workspace, body.dataset)
    await services.quotas.refuse_job(caller.workspace)
    model = body.model or body.task.model or services.settings.model
    replay = services.settings.replay
    sandbox = confinement(body.sandbox, services.settings.sandbox)
    order = Order(body.task, body.dataset, folder, model, sandbox, body.review, caller.workspace, repeated, replay)
    row = await place_order(services.jobs, order)
    return accept(row, response)


def confinement(asked: str, set_here: str) -> str:
    """What a job names goes before what is set here; the plain process, which confines nothing, is for no server."""
    return set_here if asked == AUTO and set_here != "process" else asked


@router.get("")
async def listed(
    services: Given,
    caller: Asking,
    status: Status | None = None,
    before: Annotated[str | None, Query(max_length=80)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page:
    """The newest first."""
    rows = await services.jobs.runs.page(caller.workspace, status=status, before=before, limit=limit + 1)
    more = len(rows) > limit
    return Page(jobs=[describe_line(row) for row in rows[:limit]], next=rows[limit - 1].id if more else None)


@router.get("/{job}", responses=answers(404))
async def shown(row: Owned, services: Given) -> Job:
    """How far it is, what it has used, and the best that was measured so far."""
    return await whole(row, services)


@router.post("/{job}/cancel", status_code=202, responses=answers(404, 409))
async def cancel(row: Owned, services: Given) -> JobLine:
    """What runs is ended: the model call, the program and its container. The events then say so."""
    await services.jobs.runs.cancel(row.id)
    return describe_line(await services.jobs.runs.get(row.id))


@router.post("/{job}/resume", status_code=202, responses=answers(404, 409))
async def resume(row: Owned, services: Given) -> JobLine:
    """Go on with a job that stopped, from its last finished step."""
    if row.status == "waiting":
        raise ChangeRefused("a job that is waiting goes on with an answer: see its review")
    await services.jobs.runs.resume(row.id)
    return describe_line(await services.jobs.runs.get(row.id))


@router.delete("/{job}", status_code=204, responses=answers(404, 409))
async def remove(row: Owned, services: Given) -> None:
    """A job that rests, with its checkpoints, ledger and files; what other jobs share stays."""
    await services.jobs.delete(row.id)


async def whole(row: RunRow, services: Given) -> Job:
    seen = await overview(services.jobs.database, row.id)
    return describe(row, seen, services.settings.keep_checkpoints_days)
