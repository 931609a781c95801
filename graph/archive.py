"""Questions to the archive of candidates."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from graph.context import Context
from graph.hearing import in_force
from graph.policy import choose, leading
from graph.rules import Broken, Rule, broken_by_reading, broken_by_running
from graph.state import State
from graph.steering import scoring_now, those_from
from graph.task import Scoring
from graph.values import Version


async def standing(context: Context, state: State) -> list[Version]:
    """All candidates; those that break what people said since they were made count as failed.

    Where that would leave none, they stand all the same: a program is worth more than none.
    """
    found, versions = in_force(context, state), await context.versions.all()
    ran = [version for version in versions if version.status == "ok"] if found else []
    broken = {version.version: held_to(found, version, context.text(version.source)) for version in ran}
    if state["stopped_by"] and all(broken.values()):
        return versions
    return [
        replace(version, status="failed", problem=each[0].line) if (each := broken.get(version.version)) else version
        for version in versions
    ]


def held_to(found: Sequence[Rule], version: Version, source: str) -> list[Broken]:
    """The rules that the candidate breaks."""
    return broken_by_reading(found, source) + broken_by_running(found, version.seconds, version.peak_memory_mb)


async def best_version(context: Context, state: State) -> Version | None:
    """The one to hand over: that which a person accepted, else by what was measured."""
    versions = await standing(context, state)
    accepted = [version for version in versions if version.version == state.get("accepted", 0)]
    return accepted[0] if accepted else best_of(context, versions, state)


def best_of(context: Context, versions: Sequence[Version], state: State) -> Version | None:
    return choose(
        versions,
        scoring_now(context.task.scoring, state.get("target")),
        lambda version: per_unit(context, version),
        measured=context.bench.measured,
    )


async def leading_version(context: Context, state: State) -> Version | None:
    """The one with the best number, whether or not chance made it so, of those that a person goes on from."""
    versions = those_from(await standing(context, state), state)
    return leading(versions, context.task.scoring, measured=context.bench.measured)


def ancestry(versions: Iterable[Version], number: int) -> list[int]:
    """The version and those that it comes from, the newest first."""
    parents = {version.version: version.parent for version in versions}
    line = list[int]()
    following: int | None = number
    while following is not None and following not in line:
        line.append(following)
        following = parents.get(following)
    return line


def per_unit(context: Context, version: Version) -> dict[str, float]:
    """The metric that counts, unit by unit."""
    scoring = context.task.scoring
    return counting(units(context, version), scoring) if scoring else {}


def counting(scores: dict[str, dict[str, float]], scoring: Scoring) -> dict[str, float]:
    """Of all metrics, unit by unit, the one that counts."""
    return {unit: metrics[scoring.metric] for unit, metrics in scores.items() if scoring.metric in metrics}


def units(context: Context, version: Version) -> dict[str, dict[str, float]]:
    return json.loads(context.text(version.units)) if version.units else {}
