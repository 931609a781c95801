"""`autoiot list` and `autoiot show`, of a server."""

import json
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.candidates import candidates_table
from app.cli.progress import number
from app.cli.remote.connect import command_line, connected

Status = Literal["queued", "running", "waiting", "finished", "stopped", "cancelled"]
Json = Annotated[bool, typer.Option("--json", help="Everything as JSON.")]


def list_jobs(
    ctx: typer.Context,
    status: Annotated[Status | None, typer.Option(help="Only those that are so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List the jobs on a server, the newest first."""
    with connected(ctx) as jobs:
        found = jobs.all(status, limit)
    if as_json:
        dump(found)
        return
    table = Table()
    # A name that a narrow terminal cuts or breaks cannot be copied.
    table.add_column("job", no_wrap=True, overflow="ignore")
    for title in ("status", "begun", "dataset"):
        table.add_column(title)
    for job in found:
        begun = job["created"][:16].replace("T", " ")
        table.add_row(*map(escape, (job["id"], job["status"], begun, job["dataset"])))
    Console().print(table if found else "There is no such job.")


def show(
    ctx: typer.Context,
    job: Annotated[str | None, typer.Argument(metavar="[JOB]", help="The job; without it all jobs are listed.")] = None,
    as_json: Json = False,
) -> None:
    """Show what JOB did: status, candidates, scores, calls, money."""
    if job is None:
        list_jobs(ctx, as_json=as_json)
        return
    with connected(ctx) as jobs:
        shown, versions = jobs.show(job), jobs.versions(job)
    if as_json:
        dump(shown | {"versions": versions})
        return
    console = Console(highlight=False)
    console.print(f"[bold]{escape(shown['id'])}[/bold] · {escape(state(shown))}", soft_wrap=True)
    if shown["problem"]:
        console.print(f"[yellow]{escape(shown['problem'])}[/yellow]", soft_wrap=True)
    for line in facts(shown):
        console.print(escape(line), soft_wrap=True)
    scoring = shown["task"].get("scoring") or {}
    console.print(candidates_table(scoring.get("metric", ""), versions))
    following = next_words(shown)
    if following:
        console.print(escape(command_line(ctx, *following)), soft_wrap=True)


def dump(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))  # noqa: T201


def state(job: dict[str, Any]) -> str:
    status = job["status"]
    if status == "running":
        status += ", to be cancelled" if job["cancel_requested"] else f", {job['stage'] or 'starting'}"
        status += f", iteration {job['iteration']}" if job["iteration"] else ""
    if job["waits_for"]:
        status += f" for {job['waits_for']}"
    return f"{status} · {job['seconds']:.0f} s · model {job['model']} · dataset {job['dataset']}"


def facts(job: dict[str, Any]) -> list[str]:
    """One line each: the best program, what it claims, what the test said, what it cost."""
    lines: list[str] = []
    best = job["best"]
    if best:
        how = "measured on validation" if best["measured"] else "claimed, nothing is measured"
        lines.append(f"best so far: v{best['version']}, {best['metric']} {number(best['value'])}, {how}")
    for title, found in (("it claims", job["claim"]), ("measured once on test", job["test"])):
        if found:
            lines.append(f"{title}: " + ", ".join(f"{name} {number(value)}" for name, value in found.items()))
    usage = job["usage"]
    money = "price unknown" if usage["usd"] is None else f"{usage['usd']:.4f} USD"
    tokens = f"{usage['input_tokens']:,} tokens in, {usage['output_tokens']:,} out"
    return [*lines, f"{usage['calls']} calls, {tokens}, {money}"]


def next_words(job: dict[str, Any]) -> tuple[str, ...]:
    """Of the command that is most likely wanted now."""
    words = {
        "queued": "watch",
        "running": "watch",
        "waiting": "review",
        "finished": "fetch",
        "stopped": "resume",
    }
    return (words[job["status"]], job["id"]) if job["status"] in words else ()
