"""`/v1/jobs/{job}/checkpoints`: the state of a job after each of its steps."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.api.owned import Owned
from app.api.problems import answers
from app.api.services import Given
from app.jobs.history import Step

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


@router.get("")
async def listed(row: Owned, services: Given, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[StepLine]:
    """The newest first."""
    return [describe(step) for step in await services.jobs.history.steps(row.id, limit)]


@router.get("/{checkpoint}")
async def shown(row: Owned, checkpoint: str, services: Given) -> StepState:
    step = await services.jobs.history.step(row.id, checkpoint)
    if step is None:
        raise HTTPException(404, f"there is no checkpoint {checkpoint!r}")
    return StepState(**describe(step).model_dump(), state=step.state)


def describe(step: Step) -> StepLine:
    return StepLine(id=step.id, step=step.number, at=step.at, next=list(step.next), parent=step.parent)
