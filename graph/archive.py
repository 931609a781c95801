"""Questions to the archive of candidates."""

import json

from graph.context import Context
from graph.policy import choose
from graph.values import Version


async def best_version(context: Context) -> Version | None:
    versions = await context.versions.all()
    return choose(
        versions,
        context.task.scoring,
        lambda version: per_unit(context, version),
        measured=context.bench.measured,
    )


def per_unit(context: Context, version: Version) -> dict[str, float]:
    """The metric that counts, unit by unit."""
    if context.task.scoring is None:
        return {}
    metric = context.task.scoring.metric
    return {unit: metrics[metric] for unit, metrics in units(context, version).items() if metric in metrics}


def units(context: Context, version: Version) -> dict[str, dict[str, float]]:
    return json.loads(context.text(version.units)) if version.units else {}
