"""What a person sees while a run goes, and at its end."""

import textwrap
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from app.jobs.progress import Event
from app.jobs.request import RunRequest
from app.providers.usage import Usage
from app.report.words import against_drafts
from app.settings import Settings
from graph.budget import in_words
from graph.task import Task

NOTE_CHARACTERS = 150
NAME_WIDTH = 14
"""Of the longest name of a step, with a space behind it."""


class Printer:
    """A listener that prints a line for each finished step, and shows what is going on where it is a terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.run = ""
        self._metric = ""
        self._iteration = 0
        self._active: dict[str, int] = {}
        self._status: Status | None = None

    def begin(self, run: str, request: RunRequest, notes: tuple[str, ...], settings: Settings) -> None:
        self.run = run
        source = f"replaying {request.replay.name}" if request.replay else f"model {request.model}"
        self.head(request.task, f"run {run}", source)
        for note in notes:
            self.console.print(f"[yellow]note:[/yellow] {escape(note)}", soft_wrap=True)

    def head(self, task: Task, run: str, source: str) -> None:
        self._metric = task.scoring.metric if task.scoring else ""
        budget = in_words(task.budget)
        limited = f" · budget {budget}" if budget else ""
        line = f"[bold]{escape(task.name)}[/bold] · {escape(run)} · {escape(source)}{limited}"
        self.console.print(line, soft_wrap=True)

    def forget_steps(self) -> None:
        """An attempt that was killed never says that its steps are over."""
        self._active.clear()

    def aside(self, text: str) -> None:
        """What belongs to no step."""
        self.console.print(f"{'':<7}[cyan]{'':<{NAME_WIDTH}}[/cyan]{escape(text)}", soft_wrap=True)

    def __call__(self, event: Event) -> None:
        {"started": self._started, "finished": self._finished, "note": self._note, "version": self._version}[
            event.kind
        ](event)
        self._show(event)

    def close(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None

    def _started(self, event: Event) -> None:
        self._active[event.node] = self._active.get(event.node, 0) + 1
        # `improve` is given the number of the candidate before it.
        self._iteration = max(self._iteration, event.iteration + (event.node in ("draft", "improve")))

    def _finished(self, event: Event) -> None:
        left = self._active.pop(event.node, 1) - 1
        if left:
            self._active[event.node] = left
            return
        place = f"iteration {self._iteration}, " if self._iteration else ""
        self._line(event, event.node, f"[dim]{place}{event.usage.calls} calls, {tokens(event.usage)} tokens[/dim]")

    def _note(self, event: Event) -> None:
        self._line(event, "", escape(textwrap.shorten(event.text, NOTE_CHARACTERS, placeholder=" ...")))

    def _version(self, event: Event) -> None:
        version = event.data
        name = f"[bold]v{version['version']['version']}[/bold]"
        text = f"{name} {verdict(version['version'], self._metric)}, best so far: {best_name(version)}"
        self._line(event, "", text)

    def _line(self, event: Event, node: str, text: str) -> None:
        self.console.print(f"[dim]{clock(event.seconds)}[/dim] [cyan]{node:<{NAME_WIDTH}}[/cyan]{text}", soft_wrap=True)

    def _show(self, event: Event) -> None:
        if not self.console.is_terminal:
            return
        active = ", ".join(name if count == 1 else f"{name} x{count}" for name, count in self._active.items())
        text = f"{active} · {event.usage.calls} calls · {tokens(event.usage)} tokens · {clock(event.seconds)}"
        if self._status is None:
            self._status = self.console.status(text)
            self._status.start()
        self._status.update(text)


def verdict(version: dict[str, Any], metric: str) -> str:
    if version["status"] == "failed":
        return f"[red]failed[/red]: {escape(version['problem'])}"
    claim = version["claim"].get(metric)
    claims = f"claims {metric} {claim:.4g}" if claim is not None else "claims nothing"
    if version["validation"] is None:
        return f"ran; {claims}, not measured"
    return f"{metric} [green]{number(version['validation'].get(metric))}[/green] measured, {claims}"


def best_name(version: dict[str, Any]) -> str:
    return f"v{version['best']}" if version["best"] else "none"


def number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60:>3}:{int(seconds) % 60:02d}"


def tokens(usage: Usage) -> str:
    return f"{usage.input_tokens + usage.output_tokens:,}"


def summary(console: Console, result: dict[str, Any], request: RunRequest) -> None:
    if result["status"] == "waiting":
        console.print(f"It waits for your word: autoiot resume {result['run']}", soft_wrap=True)
        return
    tell_result(console, result)
    console.print(f"The result is in [bold]{escape(str(request.out))}[/bold]", soft_wrap=True)


def tell_result(console: Console, result: dict[str, Any]) -> None:
    console.print()
    console.print(scores_table(result))
    if said := against_drafts(result, (result["task"].get("scoring") or {}).get("metric", "")):
        console.print(said, soft_wrap=True)
    usage = result["usage"]
    money = "price unknown" if usage["usd"] is None else f"{usage['usd']:.4f} USD"
    console.print(
        f"{usage['calls']} calls, {usage['input_tokens']:,} tokens in, {usage['output_tokens']:,} out, {money}, "
        f"{usage['seconds']:.1f} s",
        soft_wrap=True,
    )
    if result["changed_prompts"]:
        console.print(
            f"[yellow]note:[/yellow] {len(result['changed_prompts'])} prompts differ from the recorded ones "
            f"(other data or a newer AutoIOT): {escape('; '.join(result['changed_prompts'][:3]))}"
            + (" ..." if len(result["changed_prompts"]) > 3 else ""),
            soft_wrap=True,
        )
    if not result["best"]:
        console.print(
            "[red]No candidate ran to its end: there is no program.[/red] What was tried is in candidates/.",
            soft_wrap=True,
        )


def scores_table(result: dict[str, Any]) -> Table:
    best: dict[str, Any] = result["best"] or {}
    title = f"v{best['version']}, chosen from {len(result['versions'])}" if best else "no program"
    rows = {"claimed by the program": best.get("claim") or {}}
    if result["measured"]:
        rows = {"measured on validation": best.get("validation"), "measured once on test": best.get("test"), **rows}
    names = list(next(iter(rows.values())) or {})
    table = Table(title=title, title_justify="left")
    for name in ("", *names):
        table.add_column(escape(name), justify="right" if name else "left")
    for label, found in rows.items():
        values: dict[str, float | None] = found or {}
        table.add_row(label, *(number(values[name]) if name in values else "–" for name in names))
    return table
