"""Jobs as the API shows them."""

from typing import Any

from pydantic import BaseModel

from app.db.tables import RunRow, Status
from app.jobs.overview import Overview
from app.jobs.retention import checkpoints_until
from app.providers.ledger import Usage
from graph.policy import is_better, value
from graph.task import Task
from graph.values import Version


class BestSoFar(BaseModel):
    version: int
    metric: str
    value: float
    measured: bool
    """False where there are no labels: then it is what the program claims."""


class JobLine(BaseModel):
    id: str
    name: str
    status: Status
    problem: str
    dataset: str
    created: str
    started: str | None
    ended: str | None
    seconds: float
    """Wall clock over all attempts that have ended."""
    links: dict[str, str]


class ForkedFrom(BaseModel):
    job: str
    checkpoint: str


class Job(JobLine):
    task: dict[str, Any]
    model: str
    attempt: int
    cancel_requested: bool
    stage: str | None
    """The node that began last, while it runs."""
    iteration: int
    """0 for the first program, then the number of the improvement."""
    best: BestSoFar | None
    """On validation."""
    claim: dict[str, float]
    """What that program said of itself."""
    test: dict[str, float | None] | None
    """Measured once, at the end."""
    usage: Usage
    """Of its own: what it took over from another job is paid there."""
    waits_for: str | None
    forked_from: ForkedFrom | None = None
    checkpoints_until: str | None = None
    """When those of a job that has ended are removed; none where that is not known or done."""


class Page(BaseModel):
    jobs: list[JobLine]
    next: str | None
    """`before` of the next page; none on the last."""


def links(run: str) -> dict[str, str]:
    results = ("events", "versions", "artifacts", "bundle", "report", "calls", "privacy", "usage")
    names = (*results, "review", "instructions", "checkpoints")
    return {"self": f"/v1/jobs/{run}"} | {name: f"/v1/jobs/{run}/{name}" for name in names}


def line(row: RunRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.request["task"]["name"],
        "status": row.status,
        "problem": row.problem,
        "dataset": row.request["dataset"].rpartition("/")[2],
        "created": row.created,
        "started": row.started,
        "ended": row.ended,
        "seconds": round(row.seconds, 2),
        "links": links(row.id),
    }


def describe_line(row: RunRow) -> JobLine:
    return JobLine(**line(row))


def describe(row: RunRow, seen: Overview, kept_days: float | None = None) -> Job:
    """`kept_days`: for how long after the end of a job its checkpoints are kept; none: for ever."""
    task = Task.model_validate(row.request["task"])
    best, last = best_so_far(task, seen.versions), seen.last
    chosen = next((v for v in seen.versions if best and v.version == best.version), None)
    result_best = (row.result or {}).get("best") or {}
    return Job(
        **line(row),
        task=row.request["task"],
        model=row.request["model"],
        attempt=row.attempt,
        cancel_requested=row.cancel_requested,
        stage=last.data.get("node") if last and row.status == "running" else None,
        iteration=int(last.data.get("iteration") or 0) if last else 0,
        best=best,
        claim=chosen.claim if chosen else {},
        test=result_best.get("test"),
        usage=seen.usage,
        waits_for="a review" if row.status == "waiting" else None,
        forked_from=ForkedFrom(**row.forked_from) if row.forked_from else None,
        checkpoints_until=checkpoints_until(row, kept_days),
    )


def best_so_far(task: Task, versions: list[Version]) -> BestSoFar | None:
    """The highest number yet; which program is chosen in the end also weighs how sure the difference is."""
    scoring = task.scoring
    if scoring is None:
        return None
    best: BestSoFar | None = None
    for version in versions:
        measured = version.validation is not None
        number = value(version, scoring, measured=measured)
        if number is not None and (best is None or is_better(number, best.value, scoring)):
            best = BestSoFar(version=version.version, metric=scoring.metric, value=number, measured=measured)
    return best
