"""`autoiot dataset`."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from app.cli.backends import CHOICES, known_sandbox
from app.cli.findings import print_findings
from app.datasets.bench import Bench
from app.datasets.dataset import Dataset, open_dataset
from app.datasets.physionet import get_mitdb
from app.datasets.preflight import examine
from app.settings import read_settings
from app.wiring import open_confinement
from graph.errors import DatasetInvalid
from graph.task import Privacy
from sandbox.base import Sandbox
from sandbox.registry import AUTO

dataset = typer.Typer(help="Folders of sensor data.")


@dataset.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder.")],
    description: Annotated[Path | None, typer.Option(help="A dataset.yaml that lies elsewhere.")] = None,
) -> None:
    """Say in plain words what is wrong with FOLDER; exit code 2 if anything is."""
    found = open_dataset(folder, description)
    findings = examine(found)
    console = Console(highlight=False)
    print_findings(console, findings.problems, findings.notes)
    if findings.problems:
        raise typer.Exit(2)
    sizes = ", ".join(f"{name} {len(units)}" for name, units in (found.splits or {}).items())
    labels = sizes or "no labels, nothing will be measured"
    console.print(f"{escape(str(folder))}: {len(found.units)} units; {labels}", soft_wrap=True)


@dataset.command()
def profile(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder.")],
    description: Annotated[Path | None, typer.Option(help="A dataset.yaml that lies elsewhere.")] = None,
    privacy: Annotated[Privacy, typer.Option(help="As in the task file.")] = "schema",
    sandbox: Annotated[str | None, typer.Option(help=f"{CHOICES} (default: AUTOIOT_SANDBOX, else {AUTO})")] = None,
) -> None:
    """Print what a model would be told of FOLDER, whose files are looked at in the sandbox."""
    found, settings = open_dataset(folder, description), read_settings()
    opened = open_confinement(settings, known_sandbox(sandbox or settings.sandbox))
    print(asyncio.run(profile_in(opened, found, privacy)))  # noqa: T201


async def profile_in(sandbox: Sandbox, found: Dataset, privacy: Privacy) -> str:
    try:
        with tempfile.TemporaryDirectory(prefix="autoiot-profile-") as root:
            return await Bench(found, None, Path(root) / "inputs", privacy).profile(sandbox)
    finally:
        await sandbox.close()


@dataset.command()
def get(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="mitdb: the MIT-BIH Arrhythmia Database, from PhysioNet.")
    ],
    target: Annotated[Path | None, typer.Option("--to", help="Where to put it (default: ./NAME).")] = None,
) -> None:
    """Download a public dataset, with its dataset.yaml."""
    if name != "mitdb":
        raise DatasetInvalid(f"{name}: there is no such dataset here; there is mitdb")
    folder = target or Path(name)
    get_mitdb(folder)
    name = escape(str(folder))
    Console(highlight=False).print(f"{name}: ready; try `autoiot dataset check {name}`", soft_wrap=True)
