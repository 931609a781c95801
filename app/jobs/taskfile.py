"""Reads `task.yaml`; whatever is wrong with it is one line."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from graph.errors import TaskInvalid
from graph.task import Task

WORDS = {
    "string_type": "must be a text; put it in quotes",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping of fields",
    "model_attributes_type": "must be a mapping of fields",
}


class _Once(yaml.SafeLoader):
    """The safe loader takes the last of two equal fields without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [key.value for key, _ in node.value]
        for place, name in enumerate(names):
            if name in names[:place]:
                mark = node.value[place][0].start_mark
                raise yaml.constructor.ConstructorError(problem=f"{name!r} is given twice", problem_mark=mark)
        return super().construct_mapping(node, deep)


def read_task(file: Path) -> Task:
    """Raises TaskInvalid."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise TaskInvalid(f"{file}: {getattr(error, 'strerror', None) or 'not a UTF-8 text file'}") from error
    try:
        value = yaml.load(text, Loader=_Once)
    except yaml.YAMLError as error:
        raise TaskInvalid(f"{file}{place(error)}: not valid YAML: {problem(error)}") from error
    except (ValueError, RecursionError) as error:
        # E.g. the date 2026-13-45, or ten thousand brackets.
        raise TaskInvalid(f"{file}: not valid YAML: {error}") from error
    return parse_task(value, str(file))


def place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"


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
    # An error of the whole task has no place of its own.
    field = ".".join(map(str, first["loc"])) or "task"
    known = ", ".join(Task.model_fields)
    words = {
        "extra_forbidden": f"there is no such field; remove it (a task has {known})",
        "missing": "this field is missing; add it",
    } | WORDS
    return f"{field}: {words.get(first['type'], ' '.join(first['msg'].removeprefix('Value error, ').split()))}"
