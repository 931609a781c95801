"""Reads a `dataset.yaml`, and says in one line each what is wrong with it."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.datasets.description import Description
from graph.errors import DatasetInvalid

WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping of fields",
    "model_attributes_type": "must be a mapping of fields",
    "string_type": "must be a text",
    "string_too_short": "must not be empty",
    "too_short": "needs at least one entry",
    "union_tag_not_found": "needs the field 'kind': files, column, folder or name",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_parsing": "must be a whole number",
}


class _Texts(yaml.BaseLoader):
    """As safe as the safe loader, and leaves scalars as text: 007, 201_202 and no are names of units."""


def _mapping(loader: _Texts, node: yaml.MappingNode) -> dict[Any, Any]:
    keys: list[Any] = [loader.construct_object(key) for key, _ in node.value]  # pyright: ignore[reportUnknownMemberType]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise yaml.constructor.ConstructorError(
                problem=f"'{key}' is given twice", problem_mark=node.value[place][0].start_mark
            )
    return loader.construct_mapping(node, deep=True)


_Texts.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_description(path: Path) -> Description:
    """Read the description of a dataset.

    Raises:
        DatasetInvalid: the file is absent, is no YAML, or has wrong fields; one line for each.
    """
    content = _content(path)
    if not isinstance(content, dict):
        raise DatasetInvalid(f"{path.name}: must be a mapping of fields, such as 'name: mitdb'")
    try:
        return Description.model_validate(content)
    except ValidationError as error:
        lines = [f"{path.name}: {_line(detail)}" for detail in error.errors()]
        raise DatasetInvalid("\n".join(lines)) from None


def _content(path: Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=_Texts)
    except yaml.YAMLError as error:
        raise DatasetInvalid(f"{path.name}: {_place(error)}") from None
    except UnicodeDecodeError:
        raise DatasetInvalid(f"{path.name}: is not UTF-8 text") from None
    except (OSError, RecursionError, TypeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DatasetInvalid(f"{path.name}: cannot be read: {reason}") from None


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {problem}" if mark else problem


def _line(detail: ErrorDetails) -> str:
    loc = detail["loc"]
    if loc[:1] in (("labels",), ("split",)):
        # pydantic names the variant that it chose after the field.
        loc = loc[:1] + loc[2:]
    where = f"{'.'.join(map(str, loc))}: " if loc else ""
    return where + _words(detail)


def _words(detail: ErrorDetails) -> str:
    if detail["type"] == "union_tag_invalid":
        return "kind must be one of files, column, folder and name"
    words = WORDS.get(detail["type"], detail["msg"].removeprefix("Value error, "))
    return " ".join(words.split())
