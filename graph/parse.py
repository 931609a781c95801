"""What a model replied, turned into values; each function raises ReplyUnusable with what is wrong."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from graph.errors import ReplyUnusable
from graph.syntax import tree, unix

Model = TypeVar("Model", bound=BaseModel)

PYTHON = ("python", "py", "python3")
OPENING = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*(\w*)[^`]*")
ENDS = 20
"""Closing fences that are tried for one block: a docstring may hold fences, too."""
STARTS = 100
"""Braces at which a JSON object is looked for."""
LOOSE = (ast.For, ast.While, ast.With, ast.AugAssign)


def blocks(reply: str, *languages: str, complete: Callable[[str], bool] = lambda _: True) -> list[str]:
    """The fenced blocks of these languages, in order; one that is not closed goes to the end.

    A block ends at its first closing fence that leaves it `complete`, or else at its first closing fence.
    """
    return [body for language, body in _fenced(unix(reply), complete) if language in languages]


def _fenced(reply: str, complete: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    lines = reply.split("\n")
    start = 0
    while start < len(lines):
        opening = OPENING.fullmatch(lines[start])
        start += 1
        if not opening:
            continue
        indent, fence, language = opening.groups()
        inside = [line.removeprefix(indent) for line in lines[start:]]
        ends = [place for place, line in enumerate(inside) if _closes(line, fence)] or [len(inside)]
        bodies = {end: "".join(f"{line}\n" for line in inside[:end]) for end in ends[:ENDS]}
        end = next((end for end, body in bodies.items() if complete(body)), ends[0])
        yield language.lower(), bodies[end]
        start += end + 1


def _closes(line: str, fence: str) -> bool:
    line = line.strip(" \t")
    return len(line) >= len(fence) and not line.strip(fence[0])


def prose(reply: str) -> str:
    if not reply.strip():
        raise ReplyUnusable("the reply is empty")
    return reply.strip()


def json_value(reply: str, shape: type[Model]) -> Model:
    """The first JSON object of the reply that is as asked, fenced or bare: words before it may have braces, too."""
    text = next(iter(blocks(reply, "json", "")), reply)
    problem = ""
    for start in [match.start() for match in re.finditer("{", text)][:STARTS]:
        try:
            return _shaped(text[start:], shape)
        except ReplyUnusable as error:
            problem = problem or str(error)
    raise ReplyUnusable(problem or "the reply holds no JSON object")


def _shaped(text: str, shape: type[Model]) -> Model:
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
        # A lone surrogate can be written in JSON and nowhere else.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ReplyUnusable(f"the JSON does not parse: {error}") from error
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ReplyUnusable(f"the JSON is not as asked: {place}: {first['msg']}") from error


def python(reply: str) -> str:
    """The longest Python block: models like to add a usage example after the program."""
    return max(_programs(reply), key=len)


def parsing_python(reply: str) -> str:
    source = python(reply)
    try:
        tree(source)
    except SyntaxError as error:
        raise ReplyUnusable(f"the Python code does not parse: {error}") from error
    return source


def function(reply: str, name: str) -> str:
    """The longest block that defines the function `name`."""
    found = [source for source in _programs(reply) if name in functions(source)]
    if not found:
        parsing_python(reply)
        raise ReplyUnusable(f"the code does not define the function {name}")
    source = max(found, key=len)
    # Assembly keeps imports, constants and definitions: a table that a loop fills would come out empty.
    loose = next((node for node in tree(source).body if isinstance(node, LOOSE)), None)
    if loose:
        raise ReplyUnusable(f"line {loose.lineno}: a statement outside of any function; put it into a function")
    return source


def functions(source: str) -> set[str]:
    """Those at the top level; none where the source does not parse."""
    try:
        return {node.name for node in tree(source).body if isinstance(node, ast.FunctionDef)}
    except SyntaxError:
        return set()


def _programs(reply: str) -> list[str]:
    found = blocks(reply, *PYTHON, complete=_parses) or blocks(reply, "", complete=_parses)
    if not found and functions(reply):
        found = [unix(reply)]
    if not found:
        raise ReplyUnusable("the reply holds no Python code in a ```python block")
    return [block.strip("\n") + "\n" for block in found]


def _parses(source: str) -> bool:
    try:
        return bool(tree(source))
    except SyntaxError:
        return False
