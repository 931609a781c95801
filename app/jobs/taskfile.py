"""Reads `task.yaml`; whatever is wrong with it is one line."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from graph.errors import TaskInvalid
from graph.task import Task


def read_task(file: Path) -> Task:
    """Raises TaskInvalid."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaskInvalid(f"{file}: {getattr(error, 'strerror', None) or 'not a UTF-8 text file'}") from error
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise TaskInvalid(
            f"{file}{place}: not valid YAML: {getattr(error, 'problem', None) or 'unreadable'}"
        ) from error
    return parse_task(value, str(file))


def parse_task(value: Any, name: str) -> Task:
    """Raises TaskInvalid."""
    if not isinstance(value, dict):
        raise TaskInvalid(f"{name}: not a task: write fields such as `name:` and `target:`")
    try:
        return Task.model_validate(value)
    except ValidationError as error:
        raise TaskInvalid(f"{name}: {first_problem(error)}") from error


def first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"]))
    known = ", ".join(Task.model_fields)
    return {
        "extra_forbidden": f"{field}: there is no such field; remove it (a task has {known})",
        "missing": f"{field}: this field is missing; add it",
    }.get(first["type"], f"{field}: {first['msg'].removeprefix('Value error, ')}")
