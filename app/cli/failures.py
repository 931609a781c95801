"""Whatever a person can put right, as one line."""

import errno
import sqlite3

from app.cli.lines import one_line
from app.db.errors import postgres_problem
from graph.errors import AutoiotError
from sandbox.errors import SandboxError

RESUME = "`autoiot resume`"
FULL = f"the disk is full: make room; {RESUME} goes on where the run stopped"


def explain(error: BaseException) -> str | None:
    """None for a bug of ours, which needs its traceback."""
    if isinstance(error, AutoiotError | SandboxError):
        return one_line(str(error))
    problem = outside_problem(error)
    return problem and one_line(problem)


def naming(run: str, line: str, *, is_new: bool) -> str:
    """The line with the whole command that goes on with the run; whoever resumes a run knows it already."""
    whole = f"`autoiot resume {run}`"
    if RESUME in line or not is_new:
        return line.replace(RESUME, whole)
    return f"{line}; {whole} goes on from here"


def outside_problem(error: BaseException | None) -> str | None:
    """What is wrong with a disk, a file or a database, if that is at the bottom of `error`."""
    while error is not None:
        problem = postgres_problem(error)
        if problem:
            return problem
        if is_full(error):
            return FULL
        if isinstance(error, OSError) and error.filename is not None:
            return f"{error.filename}: {error.strerror}"
        # Not its other children, such as IntegrityError: those are bugs of ours.
        if type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError):
            return f"the database under AUTOIOT_HOME cannot be used: {error}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def is_full(error: BaseException) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return "disk is full" in str(error)
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
