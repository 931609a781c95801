"""`autoiot watch`."""

import sys
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from app.cli.asking import ask_person
from app.cli.exits import FAILED, INTERRUPTED, NO_PROGRAM
from app.cli.lines import tell
from app.cli.progress import Printer, tell_result
from app.cli.remote.connect import command_line, connected
from app.client.errors import Refused
from app.client.follow import Follower, JobEvent
from app.client.jobs import RemoteJobs
from app.jobs.progress import Event
from app.providers.usage import Usage
from graph.task import Task

STRANGE = (KeyError, TypeError, ValueError, AttributeError)
STEPS = ("started", "finished", "note", "version")


def watch(
    ctx: typer.Context,
    job: Annotated[str, typer.Argument(metavar="JOB", help="The job, as `autoiot list` names it.")],
) -> None:
    """Follow JOB on a server to its end. Ctrl-C leaves it running.

    Exit code 0: there is a program; 1: no candidate ran to its end; 2: it stopped, was cancelled or is out of reach;
    130: Ctrl-C.
    """
    with connected(ctx, patient=True) as jobs:
        raise typer.Exit(watch_job(ctx, jobs, job))


def watch_job(ctx: typer.Context, jobs: RemoteJobs, job: str) -> int:
    """The exit code. Raises what a connection does."""
    printer = Printer(Console(highlight=False))
    watch = Watch(ctx, jobs, job, printer)
    try:
        return watch.follow()
    except (KeyboardInterrupt, EOFError):
        printer.close()
        follows = f"`{command_line(ctx, 'watch', job)}` follows it again"
        if watch.asks:
            # The question stands in the line that the cursor is in.
            printer.console.print()
            tell(f"the job waits for your word: `{command_line(ctx, 'review', job)}` answers; {follows}")
        else:
            tell(f"the job goes on; {follows}")
        return INTERRUPTED
    finally:
        printer.close()


class Watch:
    def __init__(self, ctx: typer.Context, jobs: RemoteJobs, job: str, printer: Printer) -> None:
        self.ctx, self.jobs, self.job, self.printer = ctx, jobs, job, printer
        self.asks = False
        self._iteration = 0

    def follow(self) -> int:
        shown = self.jobs.show(self.job)
        self.printer.head(task_of(shown), f"job {self.job}", f"model {shown['model']}")
        for event in Follower(self.jobs, self.job, lost=self._lost):
            self.hear(event)
        self.printer.close()
        return self._end(self.jobs.show(self.job))

    def _lost(self, why: str) -> None:
        self.printer.aside(f"the connection is lost ({why}); trying again")

    def hear(self, event: JobEvent) -> None:
        if event.kind == "status":
            self._changed(str(event.data.get("status", "")), str(event.data.get("problem") or ""))
            return
        try:
            step = as_step(event)
            if step:
                self._iteration = max(self._iteration, step.iteration)
                self.printer(step)
            else:
                self.printer.aside(words(event))
        except STRANGE:
            self.printer.aside(f"{event.kind}: told by a server of another version, not understood here")

    def _changed(self, status: str, problem: str) -> None:
        if status == "running":
            self.printer.forget_steps()
        self.printer.aside(f"{status}: {problem}" if problem else status)
        if status == "waiting":
            self._review()

    def _review(self) -> None:
        # What is read now may be long past: the server knows whether it still asks, maybe of a later candidate.
        question = self.jobs.question(self.job)
        if question is None or question["iteration"] > self._iteration:
            return
        if not sys.stdin.isatty():
            self.printer.aside(f"it waits for your word: {command_line(self.ctx, 'review', self.job)}")
            return
        self.printer.close()
        self.asks = True
        answer = ask_person(self.printer.console)
        self.asks = False
        try:
            self.jobs.answer(self.job, answer | {"iteration": question["iteration"]})
        except Refused as error:
            if error.status != 409:
                raise
            self.printer.aside(f"somebody else was quicker: {error}")

    def _end(self, shown: dict[str, Any]) -> int:
        console = self.printer.console
        if shown["status"] == "stopped":
            tell(f"{self.job} stopped: {shown['problem']}; `{command_line(self.ctx, 'resume', self.job)}` has it go on")
            return FAILED
        if shown["status"] != "finished":
            tell(f"{self.job} is {shown['status']}")
            return FAILED
        result = self.jobs.result(self.job)
        if result:
            tell_result(console, result)
        console.print(f"Fetch it with [bold]{escape(command_line(self.ctx, 'fetch', self.job))}[/bold]", soft_wrap=True)
        return 0 if shown["best"] or (result and result["best"]) else NO_PROGRAM


def task_of(shown: dict[str, Any]) -> Task:
    """Of a server that may be newer: what is not known here is left out."""
    known = {name: value for name, value in shown["task"].items() if name in Task.model_fields}
    try:
        return Task.model_validate(known)
    except ValidationError:
        return Task(name=shown["name"], target="?", input="?", output="?")


def as_step(event: JobEvent) -> Event | None:
    """None for what is not told of a step, or was too long to be sent."""
    if event.kind not in STEPS or "node" not in event.data:
        return None
    told = {name: event.data[name] for name in Event.__dataclass_fields__ if name in event.data}
    usage = {name: told["usage"][name] for name in Usage.__dataclass_fields__}
    values: dict[str, Any] = told | {"kind": event.kind, "usage": Usage(**usage)}
    return Event(**values)


def words(event: JobEvent) -> str:
    data = event.data
    if "omitted_bytes" in data:
        return f"{event.kind}: too long to be sent ({data['omitted_bytes']} bytes)"
    stopped = ", ".join(data.get("stopped") or ())
    text = f"{data.get('text', '')}" + (f" (ended: {stopped})" if stopped else "")
    return f"{event.kind}: {text}" if text else event.kind
