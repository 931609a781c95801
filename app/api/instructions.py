"""`/v1/jobs/{job}/instructions`: what a person tells a job while it goes on."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.owned import Owned
from app.api.problems import answers
from app.api.services import Given
from app.db.plain import storable
from app.db.tables import InstructionRow, RunRow
from app.jobs.lifecycle import ChangeRefused
from graph.errors import TaskInvalid
from graph.hearing import can_be_heard
from graph.task import Task

router = APIRouter(
    prefix="/v1/jobs/{job}/instructions", tags=["instructions"], responses=answers(401, 404, 422, 429, 503)
)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[Text, Field(description="For the next improvement, or for the design while there is none.")]


class Line(BaseModel):
    number: int
    text: str
    at: str
    heard: bool
    """A step has taken it up: the next question to the model has it in it."""


@router.get("")
async def listed(row: Owned, services: Given) -> list[Line]:
    """What it was told, in that order, and what of it has been taken up."""
    heard = await heard_by(row, services)
    return [describe(one, heard) for one in await services.jobs.instructions(row.id).rows()]


@router.post("", status_code=202, responses=answers(400, 409, 413))
async def tell(row: Owned, body: Told, services: Given) -> Line:
    """Taken up once, by the next step that can follow it; nothing that goes on is stopped for it."""
    if not storable(body.text).strip():
        raise TaskInvalid("body.text: it holds no text")
    step = await services.jobs.history.step(row.id)
    iterations = Task.model_validate(row.request["task"]).candidates
    if step and not can_be_heard(step.next, step.state, iterations):
        raise ChangeRefused("no step is left that could hear it; fork the job from an earlier checkpoint")
    return describe(await services.jobs.instructions(row.id).add(body.text), heard=0)


async def heard_by(row: RunRow, services: Given) -> int:
    """The number of the last one that was heard."""
    if row.result and "instructions_heard" in row.result:
        return len(row.result["instructions_heard"])
    step = await services.jobs.history.step(row.id)
    return int(step.state.get("heard") or 0) if step else 0


def describe(row: InstructionRow, heard: int) -> Line:
    return Line(number=row.number, text=row.text, at=row.at, heard=row.number <= heard)
