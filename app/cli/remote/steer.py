"""`autoiot review`, `autoiot cancel` and `autoiot resume`, of a server."""

from typing import Annotated, Any

import typer
from rich.console import Console

from app.cli.lines import tell
from app.cli.progress import number
from app.cli.remote.connect import command_line, connected
from graph.errors import TaskInvalid

Job = Annotated[str, typer.Argument(metavar="JOB", help="The job, as `autoiot list` names it.")]


def review(
    ctx: typer.Context,
    job: Job,
    go: Annotated[bool, typer.Option("--go", help="Try the next improvement.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="No further one: verify and document the best.")] = False,
    instruction: Annotated[
        str | None, typer.Option(metavar="TEXT", help="For the next improvement; means --go.")
    ] = None,
    version: Annotated[
        int | None, typer.Option(metavar="N", help="Go on from version N; with --stop, hand it over.")
    ] = None,
    target: Annotated[
        float | None, typer.Option(metavar="SCORE", help="What is enough from now on; means --go.")
    ] = None,
    iteration: Annotated[
        int | None, typer.Option(metavar="N", help="Of the question that this answers; refused where it asks another.")
    ] = None,
) -> None:
    """Show the question that JOB waits with on a server, or answer it."""
    if stop and (go or instruction or target is not None):
        raise TaskInvalid("--stop: there is no improvement after it; leave --go, --instruction and --target out")
    with connected(ctx) as jobs:
        if go or stop or instruction or version is not None or target is not None:
            answer: dict[str, Any] = {"action": "stop" if stop else "go", "instruction": instruction or ""}
            steered = {"version": version, "target": target, "iteration": iteration}
            jobs.answer(job, answer | {name: value for name, value in steered.items() if value is not None})
            tell(f"answered; `{command_line(ctx, 'watch', job)}` follows it")
            return
        status, question = jobs.status(job), jobs.question(job)
    console = Console(highlight=False, markup=False)
    if question is None:
        console.print(f"{job} is {status}: it asks nothing.", soft_wrap=True)
        return
    best = question["best"] or {}
    told = f"v{best['version']} is the best so far" if best else "no candidate ran to its end yet"
    value = best.get("value")
    value = f" ({number(value)})" if isinstance(value, float) else ""
    console.print(f"{job} waits after iteration {question['iteration']}: {told}{value}.", soft_wrap=True)
    answer_with = command_line(ctx, "review", job, "--iteration", str(question["iteration"]), "--go")
    others = "instead of --go: --stop, --instruction TEXT, --version N, --target SCORE"
    console.print(f"Answer with {answer_with}, or {others}", soft_wrap=True)


def cancel(ctx: typer.Context, job: Job) -> None:
    """Cancel JOB on a server: what it has begun is ended."""
    with connected(ctx) as jobs:
        status = jobs.cancel(job)["status"]
    done = "is cancelled" if status == "cancelled" else "will be cancelled as soon as its worker hears of it"
    Console(highlight=False, markup=False).print(f"{job} {done}.", soft_wrap=True)


def resume(ctx: typer.Context, job: Job) -> None:
    """Have JOB, which has stopped on a server, go on from its last finished step."""
    with connected(ctx) as jobs:
        jobs.resume(job)
    tell(f"the job is queued; `{command_line(ctx, 'watch', job)}` follows it")
