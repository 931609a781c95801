"""The folder that a result goes to, before it is there."""

import shutil
from pathlib import Path

from graph.errors import TaskInvalid

OURS = (
    "program.py",
    "README.md",
    "requirements.txt",
    "report.html",
    "dataset.yaml",
    "candidates",
)
"""What is removed before an export, beside `result.json`, which is replaced."""
RESULT = "result.json"


def refuse_occupied(out: Path) -> None:
    """Raises TaskInvalid for a folder that holds something which is not ours."""
    if out.exists() and not out.is_dir():
        raise TaskInvalid(f"--out {out}: it is a file; name a folder")
    if out.is_dir() and any(out.iterdir()) and not (out / RESULT).is_file():
        raise TaskInvalid(f"--out {out}: the folder holds other things; name a new or empty one")


def clear(out: Path) -> None:
    """Removes what an older result left; whatever else lies there stays."""
    for name in OURS:
        path = out / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
