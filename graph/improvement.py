"""What an improvement starts from, and what the model reads for it."""

from dataclasses import dataclass
from typing import Any

from graph.archive import per_unit, units
from graph.branches import base, rival
from graph.context import Context
from graph.hearing import words
from graph.ideas import TRIED, numbers, told
from graph.policy import leading
from graph.ports import Passage
from graph.render import briefing, render
from graph.state import State
from graph.steering import those_from
from graph.values import Version

WEAKEST = 6
OUTPUT_CHARACTERS = 2000


@dataclass(frozen=True)
class Origin:
    """What the next candidate is made from."""

    parent: Version
    leading: Version
    rival: Version | None = None
    """What is to be merged into the parent."""

    @property
    def operator(self) -> str:
        return "merge" if self.rival else "improve"

    @property
    def note(self) -> str:
        """What whoever follows the job should know of it; mostly nothing."""
        if self.rival:
            return f"v{self.rival.version} is to be merged into v{self.parent.version}"
        if self.leading is not self.parent:
            return f"from v{self.parent.version}, though v{self.leading.version} is ahead"
        return ""


def origin(context: Context, state: State, versions: list[Version]) -> Origin:
    task, measured = context.task, context.bench.measured
    ground = those_from(versions, state)
    top = leading(ground, task.scoring, measured=measured)
    # What was to be the last change is not, where iterations were added since.
    last = task.candidates - (state["iteration"] - state.get("tunings", 0)) == 1
    merges = last and state.get("following") == "merge"
    other = rival(ground, task.scoring, measured=measured) if merges else None
    if top and other:
        return Origin(top, top, other)
    parent = base(task.search, ground, task.scoring, measured=measured) or ground[-1]
    return Origin(parent, leading(versions, task.scoring, measured=measured) or parent)


async def brief(context: Context, state: State, start: Origin, versions: list[Version], passages: list[Passage]) -> str:
    parent = start.parent
    return render(
        start.operator,
        **await briefing(context),
        **(of_two(context, parent, start.rival) if start.rival else of_one(context, parent, start.leading)),
        source=context.text(parent.source),
        parent=parent,
        units=weakest(context, parent),
        versions=[told(version) for version in versions[-TRIED:]],
        instruction=words(context, state),
        passages=passages,
        # In tens: the same run shall make the same prompt on another day.
        used_time=round(parent.seconds / context.limits.seconds * 10) * 10,
    )


def of_one(context: Context, parent: Version, leading: Version) -> dict[str, Any]:
    return {
        "leading": leading.version,
        "validation": numbers(parent.validation or {}),
        "claim": numbers(parent.claim),
        "output": last_output(context.text(parent.output)) if parent.output else "",
    }


def of_two(context: Context, parent: Version, rival: Version) -> dict[str, Any]:
    return {
        "shown": numbers(parent.validation or parent.claim),
        "rival": rival,
        "rival_source": context.text(rival.source),
        "rival_shown": numbers(rival.validation or rival.claim),
        "rival_units": weakest(context, rival),
    }


def query(context: Context, parent: Version) -> str:
    """What would make the weakest units better."""
    failing = parent.problem if parent.status == "failed" else ""
    return " ".join(filter(None, (parent.idea, failing, context.task.target)))


def last_output(text: str) -> str:
    """Only stdout, where both would be too long: a part cut out would leave a fence open."""
    _, stdout, end = text.rpartition("stdout:\n\n")
    return text if len(text) <= OUTPUT_CHARACTERS or not stdout else stdout + end


def weakest(context: Context, version: Version) -> list[tuple[str, str]]:
    if context.task.scoring is None:
        return []
    up = context.task.scoring.direction == "maximize"
    ordered = sorted(per_unit(context, version).items(), key=lambda row: row[1] if up else -row[1])
    everything = units(context, version)
    hidden = context.task.privacy == "none"
    # The same number for the same unit, whichever program's weakest they are.
    names = {unit: f"one of them, {number}" if hidden else unit for number, unit in enumerate(sorted(everything), 1)}
    return [(names[unit], numbers(everything[unit])) for unit, _ in ordered[:WEAKEST]]
