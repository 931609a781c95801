"""The command line: `autoiot`."""

import errno
import sqlite3
import sys

import click
import typer
from rich.console import Console

from app.cli.dataset import dataset
from app.cli.doctor import doctor
from app.cli.images import images
from app.cli.run import resume, run
from app.cli.score import score
from app.cli.show import show
from graph.errors import AutoiotError
from sandbox.errors import SandboxError

FAILED = 2

app = typer.Typer(
    name="autoiot",
    help="Turns a task in plain words and a folder of sensor data into a working, documented, measured program.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(resume)
app.command()(show)
app.command()(score)
app.command()(doctor)
app.add_typer(dataset, name="dataset")
app.add_typer(images, name="images")


def main() -> None:
    sys.exit(guarded(sys.argv[1:]))


def guarded(arguments: list[str]) -> int:
    """The exit code: 2, after one line on stderr, for whatever a person can put right."""
    try:
        return app(arguments, standalone_mode=False) or 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        return complain(error.format_message() or "missing command; see autoiot --help")
    except (AutoiotError, SandboxError) as error:
        return complain(str(error))
    except Exception as error:
        problem = disk_problem(error)
        if problem is None:
            raise
        return complain(problem)


def complain(line: str) -> int:
    # soft_wrap: a path that a terminal breaks in two cannot be copied.
    Console(stderr=True, highlight=False, markup=False).print(f"autoiot: {line}", soft_wrap=True)
    return FAILED


def disk_problem(error: BaseException | None) -> str | None:
    """What is wrong with the disk, if that is at the bottom of `error`."""
    while error is not None:
        full = isinstance(error, sqlite3.OperationalError) and "disk is full" in str(error)
        if full or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)):
            return "the disk is full: make room; `autoiot resume` goes on where the run stopped"
        if isinstance(error, PermissionError | IsADirectoryError | NotADirectoryError):
            return f"{error.filename}: {error.strerror}"
        if isinstance(error, sqlite3.OperationalError):
            return f"the database under AUTOIOT_HOME cannot be used: {error}"
        error = error.__cause__ or error.__context__
    return None
