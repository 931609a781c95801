import errno
import sqlite3

import psycopg
import pytest

from app.cli.failures import FULL, explain, naming
from app.cli.lines import one_line
from graph.errors import DatasetInvalid, RunFailed
from sandbox.errors import SandboxBroken


def test_the_first_line_stands_for_all() -> None:
    assert one_line("a  b\n\n c \n d\n") == "a b (and 2 more)"
    assert one_line("") == "failed without a word"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (DatasetInvalid("one\ntwo"), "one (and 1 more)"),
        (SandboxBroken("it\nbroke"), "it broke"),
        (OSError(errno.ENOSPC, "No space left"), FULL),
        (sqlite3.OperationalError("database or disk is full"), FULL),
        (
            sqlite3.DatabaseError("file is not a database"),
            "the database under AUTOIOT_HOME cannot be used",
        ),
        (
            psycopg.OperationalError("connection failed:\n  refused\nIs it running?"),
            "the database of AUTOIOT_DATABASE_URL cannot be used: connection failed: (and 2 more)",
        ),
        (
            psycopg.errors.InsufficientPrivilege("permission denied for schema public"),
            "the database of AUTOIOT_DATABASE_URL does not let us write: permission denied for schema public",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), "/a/b: Permission denied"),
    ],
)
def test_what_a_person_can_put_right(error: Exception, line: str) -> None:
    assert (explain(error) or "").startswith(line)


def test_the_cause_counts_also_below_another_error() -> None:
    above = RuntimeError("the statement failed")
    above.__cause__ = sqlite3.OperationalError("disk is full")
    assert explain(above) == FULL


@pytest.mark.parametrize("error", [KeyError("x"), sqlite3.IntegrityError("UNIQUE"), ConnectionResetError("peer")])
def test_a_bug_of_ours_keeps_its_traceback(error: Exception) -> None:
    assert explain(error) is None


def test_the_run_is_named() -> None:
    failed = explain(RunFailed("it broke; `autoiot resume` goes on")) or ""
    assert naming("a-1", failed, is_new=True) == "it broke; `autoiot resume a-1` goes on"
    assert naming("a-1", "it broke", is_new=True) == "it broke; `autoiot resume a-1` goes on from here"
    assert naming("a-1", "it is busy", is_new=False) == "it is busy"
