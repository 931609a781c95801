"""`autoiot privacy`."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.providers.departures import Departure, departures, totals
from app.report.numbers import size
from app.settings import read_settings
from app.wiring import open_jobs

HEAD = 60
STEP = "# This step"
"""Where a prompt says what is asked; what stands before that is told in every one."""


def privacy(
    run: Annotated[str, typer.Argument(metavar="RUN", help="As `autoiot show` lists it.")],
    text: Annotated[bool, typer.Option("--text", help="With all the words of each.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all the words.")] = False,
) -> None:
    """List all that left this machine for RUN: to whom, when, how much, for which step."""
    found = asyncio.run(read_departures(run))
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if text:
        for one in found:
            console.print(f"{one.at} to {one.to}: {name_of(one)}, {size(one.bytes)}\n{readable(one)}\n")
    elif found:
        console.print(listed(found))
    for to, count in totals(found).items():
        console.print(f"{size(count)} to {to}")
    if not found:
        console.print("nothing left this machine for it")


async def read_departures(run: str) -> list[Departure]:
    async with open_jobs(read_settings()) as jobs:
        row = await jobs.runs.get(run)
        return departures(await jobs.calls(row.id).rows())


def listed(found: list[Departure]) -> Table:
    table = Table("UTC", "to", "for", "sent", "asks")
    for one in found:
        times = f" ({one.times} times)" if one.times > 1 else ""
        head = " ".join(readable(one).rpartition(STEP)[2].split())[:HEAD]
        cells = (one.at[11:19], one.to, name_of(one), f"{size(one.bytes)}{times}", head)
        table.add_row(*cells)
    return table


def readable(one: Departure) -> str:
    """The messages of a chat one below the other; anything else as it was sent."""
    if one.kind != "chat":
        return one.text
    rows: list[list[Any]] = json.loads(one.text)
    return "\n\n".join(f"--- {row[0]}\n{row[1]}" + "".join(f"\n{json.dumps(call)}" for call in row[2:]) for row in rows)


def name_of(one: Departure) -> str:
    where = f"{one.node} {one.iteration}" if one.iteration else one.node
    return f"{one.kind}: {where}" + (f", {one.item[:40]}" if one.item else "")
