"""`autoiot images`."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.packages import PACKAGE, requirements
from app.jobs.taskfile import read_task
from app.settings import read_settings
from app.wiring import owner
from sandbox.docker_engine import connect
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.inspection import inspect
from sandbox.inventory import Item, inventory
from sandbox.preparation import prepare_bubblewrap, prepare_docker
from sandbox.registry import open_built
from sandbox.store import Store, build_command

NOT_RIGHT = 2
WIDE = 200
BUILD = "Run: autoiot images build (for bubblewrap: autoiot images build --backend bubblewrap)"
HELP = "What programs run in: the Docker images, and the virtual environments for bubblewrap."

images = typer.Typer(help=HELP, no_args_is_help=True)


@images.command()
def build(
    package: Annotated[list[str] | None, typer.Option(help=PACKAGE)] = None,
    task: Annotated[Path | None, typer.Option(help="A task file: the packages that its `constraints` name.")] = None,
    backend: Annotated[
        Literal["docker", "bubblewrap"],
        typer.Option(help="An image for Docker Engine, or a virtual environment for bubblewrap."),
    ] = "docker",
    index: Annotated[
        str | None, typer.Option(help="Where packages come from, in place of what pip is set to; e.g. one for CUDA.")
    ] = None,
    base_image: Annotated[
        str | None, typer.Option(help="Build anew on this Debian image with python3 and venv (Docker).")
    ] = None,
    network: Annotated[
        str | None, typer.Option(help="Network mode while fetching and building, e.g. host (Docker).")
    ] = None,
) -> None:
    """Build what programs run in, once, with the packages that tasks ask for; runs need no network for it then.

    Packages are fetched as wheels, never as source. Prints the tag of the image, or the folder.
    """
    home = read_settings().home.resolve()
    store, asked = Store(home), requirements(package) + (read_task(task).constraints.packages if task else ())
    if backend == "docker":
        client = connect()
        record = prepare_docker(client, store, owner(home), asked, base_image=base_image, network=network, index=index)
        print(record.target)  # noqa: T201
    else:
        record = prepare_bubblewrap(store, asked, index=index)
        print(store.environments / record.target)  # noqa: T201


@images.command("list")
def show() -> None:
    """What is built here: for which backend, with which packages, its size and age, and whether it is in use."""
    table = Table("built", "for", "more packages", "MB", "created", "")
    for item in inventory(Store(read_settings().home.resolve())):
        size = "" if item.size_mb is None else f"{item.size_mb:.0f}"
        table.add_row(*map(escape, (item.where, item.backend, item.more, size, item.created[:10], item.state)))
    # A tag or a path that is cut off cannot be copied.
    console = Console(highlight=False, width=WIDE)
    console.print(table if table.row_count else f"Nothing is built. {BUILD}", soft_wrap=True)


@images.command()
def check() -> None:
    """Look from inside at each one in use: versions, imports, compiled files, rights. Exit code 2: one is not right."""
    home = read_settings().home.resolve()
    store, console = Store(home), Console(highlight=False)
    items = [item for item in inventory(store) if item.state in ("in use", "gone")]
    if not items:
        raise SandboxUnavailable(f"Nothing is built. {BUILD}")
    found = {item.where: problems(item, owner(home), store) for item in items}
    for item in items:
        wrong = found[item.where]
        mark = "[yellow]fix[/yellow]" if wrong else "[green]ok[/green] "
        more = f" with {item.more}" if item.more else ""
        console.print(f"{mark}  {item.backend} {escape(item.where + more)}{escape(told(wrong, item))}", soft_wrap=True)
    raise typer.Exit(NOT_RIGHT if any(found.values()) else 0)


def problems(item: Item, mine: str, store: Store) -> list[str]:
    assert item.record
    if item.state == "gone":
        return ["it is gone"]
    try:
        opened = open_built(item.record, mine, store)
        return asyncio.run(inspect(opened, {package.name: package.version for package in item.record.packages}))
    except SandboxError as error:
        return [str(error)]


def told(wrong: list[str], item: Item) -> str:
    assert item.record
    return f": {'; '.join(wrong)}. Run: {build_command(item.record)}" if wrong else ""
