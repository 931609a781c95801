"""Questions to the archive of candidates."""

import json
from collections.abc import Iterable, Sequence

from graph.context import Context
from graph.policy import choose, leading
from graph.task import Scoring
from graph.values import Version


async def best_version(context: Context) -> Version | None:
    """The one to hand over."""
    return best_of(context, await context.versions.all())


def best_of(context: Context, versions: Sequence[Version]) -> Version | None:
    return choose(
        versions,
        context.task.scoring,
        lambda version: per_unit(context, version),
        measured=context.bench.measured,
    )


async def leading_version(context: Context) -> Version | None:
    """The one with the best number, whether or not chance made it so."""
    return leading(await context.versions.all(), context.task.scoring, measured=context.bench.measured)


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
