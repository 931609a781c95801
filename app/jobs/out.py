"""The folder that a result goes to, before it is there."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Generator
from pathlib import Path

from graph.errors import TaskInvalid

OURS = (
    "program.py",
    "README.md",
    "requirements.txt",
    "report.html",
    "dataset.yaml",
    "predictions.csv",
    "reproduce.sh",
    "Dockerfile",
    "scorer.py",
    "test_program.py",
    "candidates",
)
"""What is removed before an export, beside `result.json`, which is replaced."""
RESULT = "result.json"


def refuse_occupied(out: Path) -> None:
    """Raises TaskInvalid for a folder that holds something which is not ours."""
    refuse_file(out)
    if out.is_dir() and any(out.iterdir()) and not (out / RESULT).is_file():
        raise TaskInvalid(f"--out {out}: the folder holds other things; name a new or empty one")


def refuse_file(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise TaskInvalid(f"--out {out}: it is a file; name a folder")


@contextlib.contextmanager
def alone(out: Path) -> Generator[None]:
    """Makes the folder; whoever else writes a result to it waits. Raises TaskInvalid where a file has its name."""
    refuse_file(out)
    out.mkdir(parents=True, exist_ok=True)
    folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def clear(out: Path) -> None:
    """Removes what an older result left; whatever else lies there stays."""
    for name in OURS:
        path = out / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
