"""What a model replied, turned into values; each function raises ReplyUnusable with what is wrong."""

import ast
import json
import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from graph.errors import ReplyUnusable

Model = TypeVar("Model", bound=BaseModel)

FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*(\w*)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)


def blocks(reply: str, *languages: str) -> list[str]:
    """The fenced blocks of these languages, in order."""
    return [body for _, language, body in FENCE.findall(reply) if language.lower() in languages]


def prose(reply: str) -> str:
    if not reply.strip():
        raise ReplyUnusable("the reply is empty")
    return reply.strip()


def json_value(reply: str, shape: type[Model]) -> Model:
    """The first JSON object of the reply, fenced or bare."""
    text = next(iter(blocks(reply, "json", "")), reply)
    start = text.find("{")
    if start < 0:
        raise ReplyUnusable("the reply holds no JSON object")
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except json.JSONDecodeError as error:
        raise ReplyUnusable(f"the JSON does not parse: {error}") from error
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ReplyUnusable(f"the JSON is not as asked: {place}: {first['msg']}") from error


def python(reply: str) -> str:
    """The longest Python block: models like to add a usage example after the program."""
    found = blocks(reply, "python", "py", "python3") or blocks(reply, "")
    if not found and _is_program(reply):
        found = [reply]
    if not found:
        raise ReplyUnusable("the reply holds no Python code in a ```python block")
    return max(found, key=len).strip("\n") + "\n"


def parsing_python(reply: str) -> str:
    source = python(reply)
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise ReplyUnusable(f"the Python code does not parse: {error}") from error
    return source


def function(reply: str, name: str) -> str:
    """A block that defines the function `name`."""
    source = parsing_python(reply)
    defined = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    if name not in defined:
        raise ReplyUnusable(f"the code does not define the function {name}")
    return source


def _is_program(text: str) -> bool:
    try:
        return any(isinstance(node, ast.FunctionDef) for node in ast.parse(text).body)
    except (SyntaxError, ValueError):
        return False
