"""What is relied on in the answers of a server; all else in them is kept as it is."""

from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from app.client.address import Address
from app.client.errors import NotAutoiot

Scores = dict[str, float | None]


class Usage(BaseModel):
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None


class Scoring(BaseModel):
    metric: str


class Task(BaseModel):
    scoring: Scoring | None = None


class Best(BaseModel):
    version: int
    metric: str
    value: float | None
    measured: bool


class Job(BaseModel):
    id: str
    name: str
    status: str
    stage: str | None
    iteration: int | None
    cancel_requested: bool
    waits_for: str | None
    problem: str | None
    seconds: float
    created: str
    model: str | None
    dataset: str
    task: Task
    best: Best | None
    claim: Scores | None
    test: Scores | None
    usage: Usage


class Listed(BaseModel):
    id: str
    status: str
    created: str
    dataset: str


class Page(BaseModel):
    jobs: list[Listed]
    next: str | None


class Candidate(BaseModel):
    version: int
    parent: int | None
    idea: str
    status: str
    problem: str | None
    validation: Scores | None
    claim: Scores
    seconds: float
    repairs: int


class QuestionBest(BaseModel):
    version: int
    value: float | None


class Question(BaseModel):
    iteration: int
    best: QuestionBest | None


class Chosen(BaseModel):
    version: int
    claim: Scores | None
    validation: Scores | None
    test: Scores | None


class UsageInAll(Usage):
    seconds: float


class Result(BaseModel):
    best: Chosen | None
    measured: bool
    versions: list[Any]
    usage: UsageInAll
    changed_prompts: list[str]


class Change(BaseModel):
    status: str


class Created(BaseModel):
    id: str


class Named(BaseModel):
    name: str


class Findings(BaseModel):
    problems: list[str]
    notes: list[str]


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def shaped(value: Any, shape: Any, address: Address) -> Any:
    """The same value, with all that is in it. Raises NotAutoiot where it is not so."""
    try:
        adapter(shape).validate_python(value, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))[:80] or "all of it"
        raise NotAutoiot(
            f"{address.url}: its answer is not understood ({place}: {first['msg']}); is it of another version?"
        ) from error
    return value
