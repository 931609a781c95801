"""`autoiot keys`."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.db.tables import HOME, KeyRow, Role
from app.keys.names import check_workspace
from app.keys.quota import Quota, Use
from app.keys.service import is_valid
from app.settings import read_settings
from app.wiring import open_keys

HELP = "Keys of the server: who may come in, and what their workspaces may use."
MOST = 2_000_000_000
OWN = "of this workspace, in place of the server's."

keys = typer.Typer(help=HELP, no_args_is_help=True)


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what will use it.")],
    workspace: Annotated[str, typer.Option(help="Whose jobs and datasets it opens.")] = HOME,
    role: Annotated[Role, typer.Option(help="An admin also manages the keys of all workspaces.")] = "member",
    expires: Annotated[
        str | None, typer.Option(help="A number of days, or the last day, such as 2027-01-31; without it: never.")
    ] = None,
) -> None:
    """Make a key and print it: this once, it is kept nowhere."""
    row, secret = asyncio.run(create_key(name, workspace, role, expires))
    until = f"until {row.expires[:10]}" if row.expires else "for ever"
    note = f"Key {row.id} of workspace {workspace}, {role}, {until}. Keep it now: it is never shown again."
    # Apart from the key, so that a script can take that.
    Console(stderr=True, highlight=False, markup=False).print(note, soft_wrap=True)
    print(secret)  # noqa: T201


async def create_key(name: str, workspace: str, role: Role, expires: str | None) -> tuple[KeyRow, str]:
    async with open_keys(read_settings()) as (opened, _):
        return await opened.create(name, workspace, role, expires)


@keys.command("list")
def show(workspace: Annotated[str | None, typer.Option(help="Only those of this one.")] = None) -> None:
    """All keys by their ids, without their secrets."""
    rows = asyncio.run(list_keys(workspace))
    table = Table()
    table.add_column("id", no_wrap=True, overflow="ignore")
    for title in ("name", "workspace", "role", "created", "ends"):
        table.add_column(title)
    for row in rows:
        ends = row.expires[:10] if row.expires else "never"
        shown = (row.id, row.name, row.workspace, row.role, row.created[:10], ends if is_valid(row) else "has ended")
        table.add_row(*map(escape, shown))
    Console(highlight=False).print(table if rows else "There is no key. Run: autoiot keys create NAME --role admin")


async def list_keys(workspace: str | None) -> list[KeyRow]:
    async with open_keys(read_settings()) as (opened, _):
        return await opened.all(workspace)


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The id, as `autoiot keys list` shows it.")],
    force: Annotated[bool, typer.Option("--force", help="Even if it is the last valid key of an admin.")] = False,
) -> None:
    """From now on the key opens nothing."""
    asyncio.run(revoke_key(key, force))


async def revoke_key(key: str, force: bool) -> None:
    async with open_keys(read_settings()) as (opened, _):
        await opened.revoke(key, force=force)


@keys.command()
def quota(
    workspace: Annotated[str, typer.Argument()],
    jobs_running: Annotated[int | None, typer.Option(min=0, max=MOST, help=f"Jobs that run or wait, {OWN}")] = None,
    jobs_a_day: Annotated[int | None, typer.Option(min=0, max=MOST, help=f"Jobs in 24 hours, {OWN}")] = None,
    tokens: Annotated[int | None, typer.Option(min=0, max=MOST * MOST, help=f"Tokens in 24 hours, {OWN}")] = None,
    usd: Annotated[float | None, typer.Option(min=0, max=MOST, help=f"USD in 24 hours, {OWN}")] = None,
    disk_mb: Annotated[int | None, typer.Option(min=0, max=MOST, help=f"MB of uploaded datasets, {OWN}")] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="First forget what was set: the server's quotas hold.")
    ] = False,
) -> None:
    """What a workspace may use and has used; with options, set that. 0 allows nothing."""
    own = Quota(jobs_running, jobs_a_day, tokens, usd, disk_mb)
    held, use = asyncio.run(set_quota(check_workspace(workspace), own, reset))
    table = Table("", "used", "may use")
    for name, limit in asdict(held).items():
        used = use.bytes / 1e6 if name == "disk_mb" else getattr(use, name)
        table.add_row(name.replace("_", " "), figure(used), "–" if limit is None else figure(limit))
    Console(highlight=False).print(table)


def figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


async def set_quota(workspace: str, own: Quota, reset: bool) -> tuple[Quota, Use]:
    async with open_keys(read_settings()) as (_, quotas):
        if reset or own != Quota():
            await quotas.set(workspace, own, reset=reset)
        return await quotas.get(workspace), await quotas.use(workspace)
