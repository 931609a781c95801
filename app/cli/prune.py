"""`autoiot prune`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from app.artifacts.sweeping import Unused
from app.jobs.retention import Plan
from app.report.numbers import size
from app.settings import read_settings
from app.wiring import open_jobs, open_retention


def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Remove what AUTOIOT_KEEP_CHECKPOINTS_DAYS and AUTOIOT_KEEP_JOBS_DAYS keep no longer. A server does so hourly."""
    found, freed, swept = asyncio.run(prune_once(dry_run=dry_run))
    console = Console(highlight=False)
    for run in found.checkpoints:
        console.print(f"{run}: its checkpoints", markup=False)
    for run in found.jobs:
        console.print(f"{run}: all of it", markup=False)
    said = "would go" if dry_run else "are gone"
    jobs, others = f"{len(found.jobs)} jobs ({size(freed)} of files)", len(found.checkpoints)
    artifacts = f"{len(swept.files)} artifacts that no job uses ({size(swept.bytes)})"
    console.print(f"{jobs}, the checkpoints of {others} others and {artifacts} {said}", soft_wrap=True)


async def prune_once(*, dry_run: bool) -> tuple[Plan, int, Unused]:
    settings = read_settings()
    async with open_jobs(settings) as jobs:
        retention = open_retention(settings, jobs)
        found = await retention.plan()
        freed = await retention.bytes(found)
        if not dry_run:
            await retention.prune(found)
        swept = await (retention.unused() if dry_run else retention.sweep())
    return found, freed, swept
