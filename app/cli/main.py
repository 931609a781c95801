"""The command line: `autoiot`."""

import io
import sys
from typing import Annotated

import typer

from app.cli.commands import COMMANDS, Lazy, stand_in
from app.cli.guard import guarded

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
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of `autoiot ARGUMENTS`."""
    return guarded(lambda: app(arguments or ["--help"], prog_name="autoiot", standalone_mode=False))
