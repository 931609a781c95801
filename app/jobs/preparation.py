"""Everything that is checked and opened before anything is spent."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from app.datasets.bench import Bench
from app.datasets.dataset import Dataset, open_dataset
from app.datasets.preflight import examine
from app.datasets.truth import read_truth, truth_kind
from app.jobs.request import RunRequest
from app.jobs.trials import Trials
from graph.errors import DatasetInvalid
from graph.platforms import PLATFORMS
from graph.scoring.base import Scorer
from graph.scoring.registry import check_metric, open_scorer
from graph.task import Constraints, Scoring, Task
from sandbox.base import Sandbox
from sandbox.limits import Limits


@dataclass(frozen=True)
class Ground:
    """What a run stands on."""

    bench: Bench
    limits: Limits
    notes: tuple[str, ...]
    """What the person should know, e.g. that nothing will be measured."""


async def prepare(request: RunRequest, sandbox: Sandbox, inputs: Path, trials: Trials) -> Ground:
    """Raises DatasetInvalid, ScorerRefused or TaskInvalid with the one line that says what to change."""
    dataset, notes = await asyncio.to_thread(open_checked_dataset, request.dataset, request.description, sandbox)
    limits, scoring = limits_for(request.task.constraints), request.task.scoring
    if scoring is None or not dataset.measured:
        return Ground(
            Bench(dataset, None, inputs, request.task.privacy), limits, (*notes, claimed_note(request, dataset))
        )
    scorer = open_task_scorer(scoring, dataset, request.base, sandbox, limits)
    for split in ("validation", "test"):
        truth = await asyncio.to_thread(read_truth, dataset, split)
        await trials.hold(scorer, truth, scoring)
    return Ground(Bench(dataset, scorer, inputs, request.task.privacy), limits, notes)


def open_checked_dataset(folder: Path, description: Path | None, sandbox: Sandbox) -> tuple[Dataset, tuple[str, ...]]:
    """The dataset and the preflight's remarks; raises DatasetInvalid with its first problem."""
    dataset = open_dataset(folder, description)
    refuse_visible(dataset.folder, sandbox)
    findings = examine(dataset)
    if findings.problems:
        more = f" (and {len(findings.problems) - 1} more: see `autoiot dataset check`)" if findings.problems[1:] else ""
        raise DatasetInvalid(f"{dataset.folder}: {findings.problems[0]}{more}")
    return dataset, findings.notes


def refuse_visible(folder: Path, sandbox: Sandbox) -> None:
    """Raises DatasetInvalid for data in a place that programs see whole, with the labels of every split."""
    for shown in sandbox.visible:
        if folder.resolve().is_relative_to(shown.resolve()):
            raise DatasetInvalid(
                f"{folder}: programs in {sandbox.name} can read all of {shown}, and so the labels; "
                "move the data elsewhere"
            )


def open_task_scorer(scoring: Scoring, dataset: Dataset, base: Path, sandbox: Sandbox, limits: Limits) -> Scorer:
    """Raises ScorerRefused for one that is unknown or fits neither the labels nor the metric."""
    scorer = open_scorer(
        scoring.scorer,
        tolerance_ms=scoring.tolerance_ms,
        base=base,
        sandbox=sandbox,
        limits=limits,
        kind=truth_kind(dataset),
        metric=scoring.metric,
    )
    check_metric(scorer, scoring.metric, scoring.direction)
    return scorer


def claimed_note(request: RunRequest, dataset: Dataset) -> str:
    why = "the task has no `scoring`" if dataset.measured else f"{request.dataset} has no dataset.yaml"
    return f"CLAIMED MODE: {why}, so nothing is measured; every number comes from the programs themselves"


def programs_at_once(task: Task, limits: Limits, cpus: int) -> int:
    """How many programs of one run may run beside each other: each with CPUs of its own, for its time is measured."""
    if task.constraints.max_seconds_per_unit or limits.gpu:
        return 1
    return task.search.at_once or max(1, int(cpus // limits.cpus))


def limits_for(constraints: Constraints) -> Limits:
    limits, platform = Limits(), PLATFORMS.get(constraints.platform or "")
    memory = [mb for mb in (constraints.max_memory_mb, platform and platform.memory_mb) if mb]
    return Limits(
        seconds=constraints.max_seconds or limits.seconds,
        memory_mb=min(memory, default=limits.memory_mb),
        cpus=platform.cpus if platform else limits.cpus,
        gpu=constraints.device == "gpu",
        gpu_memory_mb=constraints.max_gpu_memory_mb,
    )
