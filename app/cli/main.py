"""The command line: `autoiot`."""

import io
import os
import sys

import typer
from rich.console import Console

from app.cli.dataset import dataset
from app.cli.doctor import doctor
from app.cli.failures import explain, one_line
from app.cli.images import images
from app.cli.keys import keys
from app.cli.migrate import migrate
from app.cli.prune import prune
from app.cli.run import INTERRUPTED, resume, run
from app.cli.sandbox import sandbox
from app.cli.score import score
from app.cli.serve import serve
from app.cli.show import show
from app.cli.worker import worker

FAILED = 2
UNREAD = 1

app = typer.Typer(
    name="autoiot",
    help="Turns a task in plain words and a folder of sensor data into a working, documented, measured program.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(resume)
app.command()(show)
app.command()(score)
app.command()(doctor)
app.command()(serve)
app.command()(worker)
app.command()(migrate)
app.command()(prune)
app.add_typer(dataset, name="dataset")
app.add_typer(images, name="images")
app.add_typer(keys, name="keys")
app.add_typer(sandbox, name="sandbox")


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
        complain("stopped")
        return INTERRUPTED
    except typer.TyperException as error:
        return complain(f"{error.format_message().rstrip('.')}; see `{command(error)} --help`")
    except BrokenPipeError:
        # `autoiot show | head`: nobody reads on. Else Python complains once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        return complain(line)


def command(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "autoiot"


def complain(line: str) -> int:
    # soft_wrap: a path that a terminal breaks in two cannot be copied.
    Console(stderr=True, highlight=False, markup=False, emoji=False).print(f"autoiot: {one_line(line)}", soft_wrap=True)
    return FAILED
