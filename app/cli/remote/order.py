"""What is handed to a server: the task as the API takes it, and which data."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import TaskInvalid
from graph.task import Task, is_own

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")
"""Of a dataset, as a server takes it."""
COLLECTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""Of knowledge that a server keeps."""
ONLY_HERE = {"dataset", "knowledge"}


@dataclass(frozen=True)
class Data:
    name: str
    """On the server."""
    folder: Path | None = None
    """To be sent; none where the server has it."""


def task_body(task: Task, base: Path, *, without_knowledge: bool) -> dict[str, Any]:
    """Names of collections go along; `base` is the folder of the task file.

    Raises TaskInvalid for what would name files that the server does not have.
    """
    kept = [name for name in task.knowledge if COLLECTION.fullmatch(name) and not (base / name).exists()]
    if len(kept) < len(task.knowledge) and not without_knowledge:
        raise TaskInvalid(
            "knowledge: a server takes no files with a task: keep them there, or pass --without-knowledge"
        )
    if task.scoring and is_own(task.scoring.scorer):
        raise TaskInvalid("scoring.scorer: a server takes no scorer of your own; `autoiot run` does")
    body = task.model_dump(mode="json", exclude_unset=True, exclude=ONLY_HERE)
    return body | ({"knowledge": kept} if kept else {})


def choose_data(task_file: Path, task: Task, given: str | None, name: str | None) -> Data:
    """Raises TaskInvalid."""
    if given is None and name is not None:
        return Data(named(name))
    if given is None and task.dataset is None:
        raise TaskInvalid(f"{task_file}: no data: pass --dataset FOLDER, or --dataset NAME of one on the server")
    folder = Path(given) if given is not None else task_file.parent / str(task.dataset)
    if folder.is_dir():
        return Data(named(name or folder.resolve().name), folder)
    if given is None or name or folder.exists() or not NAME.fullmatch(given):
        kind = "it is a file; name a folder" if folder.exists() else "there is no such folder"
        raise TaskInvalid(f"dataset {folder}: {kind}")
    return Data(given)


def named(name: str) -> str:
    if not NAME.fullmatch(name):
        raise TaskInvalid(
            f"{name[:80]!a} cannot be a dataset's name on a server: give one of letters, digits, '-', '_' and '.'"
            " with --dataset-name"
        )
    return name
