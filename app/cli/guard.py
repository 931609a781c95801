"""What a failure tells a person, and the shell."""

import os
import sys
from collections.abc import Callable

import typer

from app.cli.exits import FAILED, INTERRUPTED, UNREAD
from app.cli.lines import tell
from graph.errors import AutoiotError


def guarded(call: Callable[[], int | None]) -> int:
    """The exit code: 2, after a line on stderr, for whatever a person can put right."""
    try:
        return call() or 0
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
        lines = explained(error)
        if not lines:
            raise
        return complain(*lines)


def explained(error: Exception) -> tuple[str, ...]:
    """No line for a bug of ours."""
    if isinstance(error, AutoiotError):
        return str(error), *error.others
    from app.cli.failures import explain  # noqa: PLC0415 (it knows the drivers of databases: slow, seldom needed)

    line = explain(error)
    return (line,) if line else ()


def called(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "autoiot"


def complain(*lines: str) -> int:
    for line in lines:
        tell(line)
    return FAILED
