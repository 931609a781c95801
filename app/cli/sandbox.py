"""`autoiot sandbox`."""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.backends import CHOICES, known_sandbox
from app.cli.packages import PACKAGE, requirements
from app.cli.score import read_program
from app.cli.targets import refuse_unwritable_folder
from app.settings import Settings, read_settings
from app.wiring import open_confinement
from graph.errors import TaskInvalid
from graph.task import Constraints
from sandbox.base import ExecResult, Program, Sandbox
from sandbox.errors import SandboxError
from sandbox.limits import Limits
from sandbox.pool import PooledSandbox
from sandbox.protection import NOTHING, PROTECTIONS
from sandbox.registry import AUTO, BACKENDS

FAILED_PROGRAM = 1

sandbox = typer.Typer(help="What confines programs here.", no_args_is_help=True)


@sandbox.command()
def run(
    program: Annotated[Path, typer.Argument(metavar="FILE", help="One Python file.")],
    dataset: Annotated[Path | None, typer.Option(help="The folder that it gets as -i (default: an empty one).")] = None,
    backend: Annotated[str, typer.Option("--backend", "--sandbox", help=CHOICES)] = AUTO,
    memory_mb: Annotated[int, typer.Option(min=32, help="Memory, all processes together.")] = Limits.memory_mb,
    seconds: Annotated[float, typer.Option(min=0.1, help="Wall clock.")] = Limits.seconds,
    gpu: Annotated[bool, typer.Option("--gpu", help="Give it one GPU, for itself.")] = False,
    package: Annotated[list[str] | None, typer.Option(help=PACKAGE)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the files that it leaves.")] = None,
) -> None:
    """Run FILE once, as a job would: `python FILE -i INPUT -o OUTPUT`. Exit code 1 if it did not end well."""
    if out:
        refuse_unwritable_folder("--out", out)
    if dataset and not dataset.is_dir():
        raise TaskInvalid(f"--dataset {dataset}: no such folder")
    limits = Limits(seconds=seconds, memory_mb=memory_mb, gpu=gpu)
    constraints = Constraints(device="gpu" if gpu else "cpu", packages=requirements(package))
    opened = open_confinement(read_settings(), known_sandbox(backend), constraints)
    with empty_folder() as empty:
        result = asyncio.run(run_once(opened, Program(read_program(program), dataset or empty), limits))
    if out:
        write_files(out, result)
    if as_json:
        print(json.dumps(result.as_json(), ensure_ascii=False))  # noqa: T201
    else:
        show(Console(highlight=False), result)
    raise typer.Exit(0 if result.ok else FAILED_PROGRAM)


async def run_once(sandbox: Sandbox, program: Program, limits: Limits) -> ExecResult:
    try:
        return await sandbox.run(program, limits)
    finally:
        await sandbox.close()


@sandbox.command()
def check() -> None:
    """Say which backends work here, and what each would protect."""
    console, settings = Console(highlight=False), read_settings()
    found = {name: state(name, settings) for name in BACKENDS}
    table = Table("", *BACKENDS, show_lines=True)
    table.add_row("works here", *(escape(answer.works) for answer in found.values()))
    table.add_row("kept ready", *(answer.ready for answer in found.values()))
    for promise, words in PROTECTIONS.items():
        table.add_row(promise, *(escape(words[name]) for name in BACKENDS))
    console.print(table)


@dataclass(frozen=True)
class State:
    works: str
    ready: str = NOTHING


def state(name: str, settings: Settings) -> State:
    try:
        opened = open_confinement(settings, name)
        if not isinstance(opened, PooledSandbox):
            return State("yes")
        with empty_folder() as empty:
            return State("yes", asyncio.run(kept_ready(opened, empty)))
    except SandboxError as error:
        return State(f"no: {error}")


async def kept_ready(pool: PooledSandbox, folder: Path) -> str:
    try:
        return f"{pool.size}, {await pool.measure(folder, Limits()):.0f} MiB each"
    finally:
        await pool.close()


@contextlib.contextmanager
def empty_folder() -> Generator[Path]:
    """One that a program may read."""
    with tempfile.TemporaryDirectory(prefix="autoiot-empty-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def write_files(out: Path, result: ExecResult) -> None:
    for name, data in result.files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def show(console: Console, result: ExecResult) -> None:
    facts = result.as_json()
    for stream in ("stdout", "stderr"):
        if facts[stream]:
            console.print(f"[dim]{stream}[/dim]\n{escape(facts[stream].rstrip())}", soft_wrap=True)
    files = ", ".join(f"{file['name']} ({file['bytes']} bytes)" for file in facts["files"]) or "none"
    skipped = ", ".join(f"{name} ({why})" for name, why in result.skipped.items())
    lines = {
        "outcome": f"{result.outcome} (exit code {result.exit_code})",
        "files": files,
        "skipped": skipped,
        "time": f"{result.seconds} s, CPU {result.cpu_seconds} s",
        "memory": f"{result.peak_memory_mb} MiB at most, all together",
        "gpu memory": f"{result.gpu_peak_mb} MiB at most" if result.gpu_peak_mb is not None else "",
        "flags": ", ".join(facts["flags"]),
        "isolation": result.isolation,
    }
    for name, text in lines.items():
        if text:
            console.print(f"[cyan]{name:<10}[/cyan]{escape(text)}", soft_wrap=True)
