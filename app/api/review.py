"""`/v1/jobs/{job}/review`: the question that a job waits with, and the answer."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.api.described import JobLine, describe_line
from app.api.owned import Owned
from app.api.problems import answers
from app.api.services import Given
from app.jobs.archive import saved_versions
from app.jobs.lifecycle import ChangeRefused
from app.jobs.request import RunRequest
from graph.steering import refusal

router = APIRouter(prefix="/v1/jobs/{job}/review", tags=["review"], responses=answers(401, 404, 409, 422, 429, 503))


class Question(BaseModel):
    iteration: int
    best: dict[str, Any] | None
    """The best candidate yet: its version, and its value on validation."""


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: Literal["go", "stop"]
    """`stop`: no further improvement; the best candidate is verified and documented."""
    instruction: Annotated[str, Field(max_length=20_000)] = ""
    """For the next improvement."""
    version: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """To go on from; with `stop`, to be handed over. It has to be one that ran."""
    target: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The value of the metric that is enough from now on."""
    iteration: Annotated[int, Field(ge=0)] | None = None
    """Of the question that this answers; refused when the job asks another by now."""


@router.get("")
async def question(row: Owned, services: Given) -> Question:
    """What the job waits for an answer to."""
    return Question(**await asked(row.id, row.status, services))


@router.post("", status_code=202, responses=answers(400, 413))
async def answer(row: Owned, body: Answer, services: Given) -> JobLine:
    """The job goes on with it."""
    open_question = await asked(row.id, row.status, services)
    if body.iteration not in (None, open_question["iteration"]):
        raise ChangeRefused(f"the job asks about iteration {open_question['iteration']} now")
    told: dict[str, Any] = {
        "action": body.action,
        "instruction": body.instruction,
        "iteration": open_question["iteration"],
    }
    told |= {name: value for name in ("version", "target") if (value := getattr(body, name)) is not None}
    scoring = RunRequest.from_json(row.request).task.scoring
    if why := refusal(told, await saved_versions(services.jobs.database, row.id), scoring):
        raise ChangeRefused(why)
    await services.jobs.runs.answer(row.id, told)
    return describe_line(await services.jobs.runs.get(row.id))


async def asked(run: str, status: str, services: Given) -> dict[str, Any]:
    """Raises ChangeRefused when it waits for nobody."""
    question = await services.jobs.question(run) if status == "waiting" else None
    if question is None:
        raise ChangeRefused(f"the job is {status}: it asks nothing")
    return question
