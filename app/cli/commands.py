"""All commands by name, each imported when it is the one that was asked for: together they take seconds."""

from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from app.cli.imports import import_for_good
from app.client.errors import AddressInvalid


@dataclass(frozen=True)
class Command:
    name: str
    help: str
    """The first line of its own help, for the list of all commands."""
    here: str = ""
    """MODULE:NAME of what does it on this machine; none where only a server can."""
    there: str = ""
    """MODULE:NAME of what has a server do it; none where that is not for a server."""
    instead: str = ""
    """Said to whoever wants a server to do it."""

    def place(self, server: str | None) -> str:
        """`server` is what --server says. Raises AddressInvalid."""
        if self.here and self.there:
            return self.there if named_server(server) else self.here
        if self.here and server:
            words = f"`{self.name}` works on this machine only: leave --server out"
            raise AddressInvalid("; ".join(filter(None, (words, self.instead))))
        return self.here or self.there


def named_server(given: str | None) -> str | None:
    """Of --server, else of AUTOIOT_SERVER. An empty one is this machine."""
    if given is not None:
        return given or None
    from app.settings import read_settings  # noqa: PLC0415 (most commands are known without it)

    return read_settings().server


COMMANDS = (
    Command(
        "run",
        "Write, run, debug, improve and document a program for TASK.",
        here="app.cli.run:run",
        instead="`submit` hands a task to a server",
    ),
    Command(
        "resume",
        "Go on with RUN from its last finished step; a finished one writes its result again. No call is paid twice.",
        here="app.cli.run:resume",
        there="app.cli.remote.steer:resume",
    ),
    Command(
        "show",
        "Show what RUN did: steps, candidates, scores, calls, money.",
        here="app.cli.show:show",
        there="app.cli.remote.look:show",
    ),
    Command(
        "privacy",
        "List all that left this machine for RUN: to whom, when, how much, for which step.",
        here="app.cli.privacy:privacy",
    ),
    Command(
        "submit",
        "Hand TASK and its data to a server, and print the id of the job.",
        there="app.cli.remote.submit:submit",
    ),
    Command("list", "List the jobs on a server, the newest first.", there="app.cli.remote.look:list_jobs"),
    Command(
        "watch", "Follow JOB on a server to its end. Ctrl-C leaves it running.", there="app.cli.remote.watch:watch"
    ),
    Command(
        "review",
        "Show the question that JOB waits with on a server, or answer it.",
        there="app.cli.remote.steer:review",
    ),
    Command("cancel", "Cancel JOB on a server: what it has begun is ended.", there="app.cli.remote.steer:cancel"),
    Command("fetch", "Fetch the result of JOB from a server.", there="app.cli.remote.fetch:fetch"),
    Command("score", "Run PROGRAM on one split of a dataset and measure its predictions.", here="app.cli.score:score"),
    Command(
        "doctor",
        "Say what is installed here, which sandbox and which model would be used, and what to fix.",
        here="app.cli.doctor:doctor",
    ),
    Command(
        "serve",
        "Serve the REST API, and run its jobs in this process, AUTOIOT_JOBS_AT_ONCE at a time. Ctrl-C stops it.",
        here="app.cli.serve:serve",
    ),
    Command(
        "worker",
        "Run jobs of a server that has Postgres, AUTOIOT_JOBS_AT_ONCE at a time. Ctrl-C or SIGTERM gives them back.",
        here="app.cli.worker:worker",
    ),
    Command(
        "prune",
        "Remove what AUTOIOT_KEEP_CHECKPOINTS_DAYS and AUTOIOT_KEEP_JOBS_DAYS keep no longer. A server does so hourly.",
        here="app.cli.prune:prune",
    ),
    Command(
        "migrate",
        "Bring the database up to date and say its revision. Every command does so by itself; a deployment may first.",
        here="app.cli.migrate:migrate",
    ),
    Command("dataset", "Folders of sensor data.", here="app.cli.dataset:dataset"),
    Command(
        "images",
        "What programs run in: the Docker images, and the virtual environments for bubblewrap.",
        here="app.cli.images:images",
    ),
    Command(
        "keys",
        "Keys of the server: who may come in, and what their workspaces may use.",
        here="app.cli.keys:keys",
    ),
    Command(
        "knowledge",
        "Papers, handbooks and manuals that are kept, for tasks to name in `knowledge:`.",
        here="app.cli.knowledge:knowledge",
    ),
    Command("sandbox", "What confines programs here.", here="app.cli.sandbox:sandbox"),
)
BY_NAME = {command.name: command for command in COMMANDS}


class Lazy(TyperGroup):
    """Knows each command by name and help; puts the real one in its place before that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        known = BY_NAME.get(args[0])
        if known:
            self.commands[known.name] = load(known.name, known.place(ctx.params.get("server")))
        return super().resolve_command(ctx, args)


def load(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_for_good(module)[0], attribute)
    holder = typer.Typer(add_completion=False)
    holder.callback()(stand_in)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return get_group(holder).commands[name]


def stand_in() -> None:
    """For a command of which only the name and the help are looked at."""
