"""What a run will ask of the model, before it does."""

from collections.abc import Iterator
from dataclasses import dataclass

from graph.policy import CALLS_PER_IMPROVEMENT, REPAIRS
from graph.task import Task

ASKED_AGAIN = 2
"""Each question once more, where its answer is of no use."""
MODULES, MOST_MODULES, TERMS, MOST_TERMS, DOCUMENTS = 5, 8, 4, 5, 2
REPAIRED = 0.3
"""Of the improvements, and of the drafts after the first."""


@dataclass(frozen=True)
class Stage:
    name: str
    usual: float
    """Calls."""
    most: int
    """Calls, without those that a model makes of tools before it answers."""
    input_tokens: int
    """Of a call, as measured on the recorded example, in which a program has some 270 lines."""
    output_tokens: int


def forecast(task: Task, *, searches_web: bool) -> list[Stage]:
    return [stage for stage in _stages(task, searches_web) if stage.most]


def _stages(task: Task, searches_web: bool) -> Iterator[Stage]:
    drafts, improvements = task.further_drafts, task.candidates - task.further_drafts
    looks_up = "knowledge" not in task.ablation
    yield Stage("terms", looks_up, ASKED_AGAIN * looks_up, 900, 200)
    searches = looks_up and searches_web
    yield Stage("search", TERMS * searches, ASKED_AGAIN * MOST_TERMS * searches, 2500, 200)
    planned = len({"outline", "design"}.difference(task.ablation))
    yield Stage("outline and design", planned, planned * ASKED_AGAIN, 3200, 850)
    if task.is_written_whole:
        yield Stage("first program", 1, ASKED_AGAIN, 4200, 3000)
    else:
        yield Stage("first program", MODULES + 1, ASKED_AGAIN * (MOST_MODULES + 1), 3400, 450)
    yield Stage("its repairs", 1, ASKED_AGAIN * REPAIRS, 4700, 100)
    yield Stage("further drafts", drafts * (1 + REPAIRED), ASKED_AGAIN * CALLS_PER_IMPROVEMENT * drafts, 4500, 3000)
    most = ASKED_AGAIN * CALLS_PER_IMPROVEMENT * improvements
    yield Stage("improvements", improvements * (1 + REPAIRED), most, 6300, 350)
    if task.candidates and task.scoring:
        yield Stage("simplification", 1, ASKED_AGAIN, 5500, 1500)
    yield Stage("document", 1, ASKED_AGAIN * DOCUMENTS, 5000, 950)
