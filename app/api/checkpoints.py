"""`/v1/jobs/{job}/checkpoints`: the state of a job after each of its steps, and new jobs from there."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.api.accepted import Accepted, Key, accept, once
from app.api.instructions import Text
from app.api.owned import Owned
from app.api.problems import answers
from app.api.services import Given
from app.jobs.fork import Changes, Fork, place_fork
from app.jobs.history import Step
from graph.task import Constraints

router = APIRouter(
    prefix="/v1/jobs/{job}/checkpoints", tags=["checkpoints"], responses=answers(401, 404, 422, 429, 503)
)


class StepLine(BaseModel):
    id: str
    step: int
    at: str
    next: list[str]
    """The nodes that come after it; none at the end."""
    parent: str | None


class StepState(StepLine):
    state: dict[str, Any]
    """References (sha256) stand for long text: see the artifacts."""


class ForkRequest(BaseModel):
    """What the new job does otherwise; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    iterations: Annotated[int, Field(ge=0, le=200)] | None = None
    """All of them, with those that were before the checkpoint."""
    remarks: Annotated[str, Field(max_length=20_000)] | None = None
    """Of the task, for all steps that follow."""
    constraints: Constraints | None = None
    """In place of those of the task, as a whole."""
    review: bool | None = None
    instruction: Text | None = None
    """For the first step that can follow it: the design, or the next improvement."""


CheckpointId = Annotated[str, Path(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


@router.get("")
async def listed(row: Owned, services: Given, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[StepLine]:
    """The newest first."""
    return [describe(step) for step in await services.jobs.history.steps(row.id, limit)]


@router.get("/{checkpoint}")
async def shown(row: Owned, checkpoint: CheckpointId, services: Given) -> StepState:
    """The state of the job after that step, and what is next."""
    step = await services.jobs.history.step(row.id, checkpoint)
    if step is None:
        raise HTTPException(404, f"there is no checkpoint {checkpoint!r}")
    return StepState(**describe(step).model_dump(), state=step.state)


@router.post("/{checkpoint}/fork", status_code=202, responses=answers(400, 409, 413))
async def fork(
    row: Owned, checkpoint: CheckpointId, body: ForkRequest, services: Given, response: Response, key: Key = None
) -> Accepted:
    """Queue a new job that begins at this checkpoint: what came before is taken over and not paid again.

    What follows on it is asked anew, also where nothing is changed.
    """
    repeated = once(key, body, row.id, checkpoint)
    if made := await services.jobs.runs.made_with(row.workspace, repeated):
        return accept(made, response)
    step = await services.jobs.history.step(row.id, checkpoint)
    if step is None:
        raise HTTPException(404, f"there is no checkpoint {checkpoint!r}")
    await services.quotas.refuse_job(row.workspace)
    changes = Changes(
        model=body.model,
        iterations=body.iterations,
        remarks=body.remarks,
        constraints=body.constraints,
        asks_person=body.review,
        instruction=body.instruction,
    )
    made = await place_fork(services.jobs, Fork(row, step, changes, repeated))
    return accept(made, response)


def describe(step: Step) -> StepLine:
    return StepLine(id=step.id, step=step.number, at=step.at, next=list(step.next), parent=step.parent)
