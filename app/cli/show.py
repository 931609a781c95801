"""`autoiot show`."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.candidates import candidates_table
from app.cli.progress import number
from app.db.tables import CallRow, RunRow
from app.jobs.archive import saved_versions
from app.jobs.request import RunRequest
from app.providers.ledger import as_value as call_as_value
from app.settings import read_settings
from app.wiring import open_jobs
from graph.values import Version


def show(
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="The run; without it all runs are listed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
) -> None:
    """Show what RUN did: steps, candidates, scores, calls, money."""
    asyncio.run(show_run(run, as_json) if run else list_runs())


async def list_runs() -> None:
    async with open_jobs(read_settings()) as jobs:
        table = Table()
        # A name that a narrow terminal cuts or breaks cannot be copied.
        table.add_column("run", no_wrap=True, overflow="ignore")
        for title in ("status", "begun", "best"):
            table.add_column(title)
        for row in await jobs.runs.all():
            table.add_row(
                row.id, status(row, dead=jobs.place.is_dead(row)), row.created[:16].replace("T", " "), best(row)
            )
        Console().print(table)


async def show_run(run: str, as_json: bool) -> None:
    async with open_jobs(read_settings()) as jobs:
        row = await jobs.runs.get(run)
        versions = await saved_versions(jobs.database, run)
        calls = await jobs.calls(run).rows()
        state = status(row, dead=jobs.place.is_dead(row))
    if as_json:
        print(json.dumps(as_value(row, versions, calls), indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False)
    console.print(f"[bold]{run}[/bold] · {state} · {row.seconds:.0f} s", soft_wrap=True)
    if row.problem:
        console.print(f"[yellow]{escape(row.problem)}[/yellow]", soft_wrap=True)
    scoring = RunRequest.from_json(row.request).task.scoring
    console.print(candidates_table(scoring.metric if scoring else "", [vars(version) for version in versions]))
    console.print(calls_table(calls))
    console.print(f"The result goes to {escape(row.request['out'])}", soft_wrap=True)


def status(row: RunRow, *, dead: bool) -> str:
    if dead:
        return "was killed: can be resumed"
    if row.status == "running":
        return "running, to be cancelled" if row.cancel_requested else "running"
    return "stopped: can be resumed" if row.status == "stopped" else row.status


def best(row: RunRow) -> str:
    found = (row.result or {}).get("best")
    if not found:
        return "–"
    numbers = found["test"] or found["validation"] or found["claim"]
    return f"v{found['version']}: " + ", ".join(f"{name} {number(value)}" for name, value in numbers.items())


def calls_table(calls: list[CallRow]) -> Table:
    table = Table("call", "node", "iteration", "item", "status", "tokens in", "out", "USD", "s", title="calls")
    for c in calls:
        usd = "–" if c.usd is None else f"{c.usd:.4f}"
        cells = (
            c.kind,
            c.node,
            c.iteration,
            escape(c.item[:40]),
            c.status,
            c.input_tokens,
            c.output_tokens,
            usd,
        )
        table.add_row(*map(str, cells), f"{c.seconds:.1f}")
    return table


def as_value(row: RunRow, versions: list[Version], calls: list[CallRow]) -> dict[str, Any]:
    return {
        "run": row.id,
        "status": row.status,
        "problem": row.problem,
        "request": row.request,
        "result": row.result,
        "versions": [version.as_json() for version in versions],
        "calls": [call_as_value(call) for call in calls],
    }
