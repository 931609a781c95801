"""The command line: `autoiot`."""

import io
import os
import sys
from typing import Annotated

import typer

from app.cli.commands import COMMANDS, Lazy, stand_in
from app.cli.exits import FAILED, INTERRUPTED, UNREAD
from app.cli.lines import tell
from graph.errors import AutoiotError

app = typer.Typer(
    cls=Lazy,
    name="autoiot",
    help="Turns a task in plain words and a folder of sensor data into a working, documented, measured program.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The server to ask, before AUTOIOT_SERVER; '' means this machine."),
    ] = None,
) -> None:
    """Turns a task in plain words and a folder of sensor data into a working, documented, measured program."""


for command in COMMANDS:
    app.command(command.name, help=command.help)(stand_in)


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A terminal without UTF-8 shall show \u2013 where it cannot show a dash, instead of a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(guarded(sys.argv[1:]))


def guarded(arguments: list[str]) -> int:
    """The exit code: 2, after one line on stderr, for whatever a person can put right."""
    try:
        return app(arguments or ["--help"], prog_name="autoiot", standalone_mode=False) or 0
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        tell("stopped")
        return INTERRUPTED
    except typer.TyperException as error:
        return complain(f"{error.format_message().rstrip('.')}; see `{called(error)} --help`")
    except BrokenPipeError:
        # `autoiot show | head`: nobody reads on. Else Python complains once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:
        line = explained(error)
        if line is None:
            raise
        return complain(line)


def explained(error: Exception) -> str | None:
    if isinstance(error, AutoiotError):
        return str(error)
    from app.cli.failures import explain  # noqa: PLC0415 (it knows the drivers of databases: slow, seldom needed)

    return explain(error)


def called(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "autoiot"


def complain(line: str) -> int:
    tell(line)
    return FAILED
