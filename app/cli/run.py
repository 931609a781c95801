"""`autoiot run` and `autoiot resume`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from app.cli.asking import ask_person
from app.cli.backends import CHOICES, known_sandbox
from app.cli.exits import INTERRUPTED, NO_PROGRAM
from app.cli.failures import explain, naming
from app.cli.forecast import print_forecast
from app.cli.progress import Printer, summary
from app.cli.targets import refuse_unwritable_file, refuse_unwritable_folder
from app.db.errors import LostJob
from app.jobs.archive import saved_versions
from app.jobs.description import find_description
from app.jobs.lifecycle import JobCancelled
from app.jobs.request import RunRequest
from app.jobs.service import Jobs
from app.jobs.taskfile import read_task
from app.providers.prices import read_prices
from app.settings import Settings, read_settings
from app.wiring import open_jobs
from graph.errors import RunFailed, TaskInvalid
from graph.steering import refusal
from graph.task import Task
from sandbox.registry import AUTO


def run(
    task: Annotated[Path, typer.Argument(metavar="TASK", help="The task file (YAML).")],
    dataset: Annotated[Path | None, typer.Option(help="The folder with the data; before the task's own.")] = None,
    description: Annotated[
        Path | None,
        typer.Option(help="A dataset.yaml that lies elsewhere, for a folder that cannot be written to."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="Name of the chat model; before the task's own.")] = None,
    record: Annotated[Path | None, typer.Option(help="Write every call and reply to this file.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Take every reply from this recording; no network.")] = None,
    iterations: Annotated[int | None, typer.Option(min=0, max=200, help="Improvements to try.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the result (default: result-NAME, after the task file or its folder)."),
    ] = None,
    sandbox: Annotated[str | None, typer.Option(help=f"{CHOICES} (default: AUTOIOT_SANDBOX, else {AUTO})")] = None,
    review: Annotated[bool, typer.Option(help="Ask me after each evaluation.")] = False,
    forecast: Annotated[bool, typer.Option("--forecast", help="Say what it will ask of the model, and end.")] = False,
) -> None:
    """Write, run, debug, improve and document a program for TASK.

    Exit code 0: there is a program; 1: no candidate ran to its end; 2: something to put right; 130: Ctrl-C.
    What stopped goes on with `autoiot resume`.
    """
    if record and replay:
        raise TaskInvalid("--record and --replay exclude each other: a replay makes no calls to record")
    if record:
        refuse_unwritable_file("--record", record)
    settings, asked, base = read_settings(), read_run_task(task, dataset, iterations), task.resolve().parent
    if forecast:
        name = model or asked.model or settings.model
        prices = read_prices(settings.prices)
        print_forecast(Console(highlight=False), asked, name, prices, searches_web=settings.searches_web)
        raise typer.Exit
    folder = dataset or base / str(asked.dataset)
    out = out or Path(f"result-{task.stem if task.stem != 'task' else base.name}")
    refuse_unwritable_folder("--out", out)
    request = RunRequest(
        task=asked,
        base=base,
        dataset=folder.resolve(),
        description=find_description(folder, task, description),
        model=model or asked.model or settings.model,
        sandbox=known_sandbox(sandbox or settings.sandbox),
        out=out.resolve(),
        replay=replay.resolve() if replay else None,
        record=record.resolve() if record else None,
        asks_person=review,
    )
    raise typer.Exit(asyncio_run(settings, request, None))


def resume(run: Annotated[str, typer.Argument(metavar="RUN", help="The run, as `autoiot show` lists it.")]) -> None:
    """Go on with RUN from its last finished step; a finished one writes its result again. No call is paid twice."""
    raise typer.Exit(asyncio_run(read_settings(), None, run))


def read_run_task(file: Path, dataset: Path | None, iterations: int | None) -> Task:
    task = read_task(file)
    if dataset is None and task.dataset is None:
        raise TaskInvalid(f"{file}: no data: add `dataset: FOLDER` or pass --dataset FOLDER")
    return task if iterations is None else task.model_copy(update={"iterations": iterations})


def asyncio_run(settings: Settings, request: RunRequest | None, run: str | None) -> int:
    console = Console(highlight=False)
    printer = Printer(console)
    try:
        return asyncio.run(follow(settings, request, run, printer))
    except (KeyboardInterrupt, EOFError):
        printer.close()
        goes_on = f"`autoiot resume {printer.run}` goes on from here" if printer.run else "nothing had begun"
        Console(stderr=True, highlight=False).print(f"autoiot: stopped; {goes_on}", soft_wrap=True)
        return INTERRUPTED
    except Exception as error:
        line = explain(error)
        if line is None or not printer.run or isinstance(error, LostJob | JobCancelled):
            raise
        raise RunFailed(naming(printer.run, line, is_new=run is None)) from error
    finally:
        printer.close()


async def follow(settings: Settings, request: RunRequest | None, run: str | None, printer: Printer) -> int:
    async with open_jobs(settings) as jobs:
        notes: tuple[str, ...] = ()
        if run is None:
            assert request
            run, notes = await jobs.submit(request)
        row = await jobs.runs.get(run)
        request = RunRequest.from_json(row.request)
        printer.begin(run, request, notes, settings)
        result = await jobs.run(run, printer)
        while result["status"] == "waiting" and sys.stdin.isatty():
            printer.close()
            result = await jobs.run(run, printer, await answered(jobs, run, request, printer.console))
        printer.close()
        summary(printer.console, result, request)
        return 0 if result["best"] or result["status"] == "waiting" else NO_PROGRAM


async def answered(jobs: Jobs, run: str, request: RunRequest, console: Console) -> dict[str, Any]:
    """A person's answer, asked for until it can be followed."""
    versions = await saved_versions(jobs.database, run)
    while why := refusal(answer := ask_person(console), versions, request.task.scoring):
        console.print(why, soft_wrap=True)
    return answer


__all__ = ["Jobs", "resume", "run"]
