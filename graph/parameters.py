"""The numbers of a program that could as well be others: constants with the values worth trying written behind them.

THRESHOLD = 0.35  # tune: 0.05 to 0.95
WINDOW_SAMPLES = 128  # tune: 32 to 512
TAPER = "hann"  # tune: hann | hamming | boxcar
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from graph.syntax import tree, unix

Value = float | int | str
RANGE = re.compile(r"#\s*tune:\s*(\S+)\s+to\s+(\S+)\s*$", re.IGNORECASE)
CHOICES = re.compile(r"#\s*tune:\s*(.+\|.+)$", re.IGNORECASE)
MOST = 20
"""More are not swept together: the first ones count."""
WIDE = 100
"""A range whose end is so many times its beginning is searched by orders of magnitude."""


@dataclass(frozen=True)
class Parameter:
    name: str
    value: Value
    choices: tuple[Value, ...] = ()
    low: float | int = 0
    high: float | int = 0

    @property
    def is_logarithmic(self) -> bool:
        return self.low > 0 and self.high >= WIDE * self.low


def parameters(source: str) -> list[Parameter]:
    """Those of the top level, in order; none of a program that cannot be read. What is not well-formed is left out."""
    return [parameter for parameter, _ in _found(source)][:MOST]


def with_values(source: str, values: Mapping[str, Value]) -> str:
    """The program with other values for some of its `parameters`."""
    lines = unix(source).split("\n")
    for parameter, node in _found(source):
        if parameter.name in values:
            row = node.lineno - 1
            # Python counts the columns in bytes.
            line = lines[row].encode()
            new = _written(values[parameter.name]).encode()
            lines[row] = (line[: node.col_offset] + new + line[node.end_col_offset :]).decode()
    return "\n".join(lines)


def _written(value: Value) -> str:
    text = repr(value)
    # As it stood there: Python's own choice of quotes would be a change of its own.
    plain = isinstance(value, str) and text == f"'{value}'" and '"' not in value
    return f'"{value}"' if plain else text


def _found(source: str) -> Iterator[tuple[Parameter, ast.expr]]:
    try:
        body, remarks = tree(source).body, _remarks(unix(source))
    except (SyntaxError, tokenize.TokenError):
        return
    for node in body:
        name, value = _assigned(node)
        remark = remarks.get(node.end_lineno or 0, "")
        if name and value and remark and value.lineno == value.end_lineno:
            parameter = _parameter(name, value, remark)
            if parameter:
                yield parameter, value


def _remarks(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign):
        target, value = node.target, node.value
    else:
        return "", None
    return (target.id, value) if isinstance(target, ast.Name) else ("", None)


def _parameter(name: str, node: ast.expr, remark: str) -> Parameter | None:
    value = _literal(ast.unparse(node))
    if value is None:
        return None
    if spans := RANGE.search(remark):
        return _ranged(name, value, _literal(spans[1]), _literal(spans[2]))
    if named := CHOICES.search(remark):
        words = [word.strip() for word in named[1].split("|")]
        choices = tuple(word.strip("'\"") if isinstance(value, str) else _literal(word) for word in words)
        known = tuple(choice for choice in choices if choice is not None)
        return Parameter(name, value, known) if value in known and len(known) == len(choices) else None
    return None


def _ranged(name: str, value: Value, low: Value | None, high: Value | None) -> Parameter | None:
    if isinstance(value, str) or isinstance(low, str | None) or isinstance(high, str | None):
        return None
    if not low <= value <= high or low == high:
        return None
    return Parameter(name, value, (), low, high)


def _literal(text: str) -> Value | None:
    """A finite number or a string; None for everything else."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if isinstance(value, bool) or not isinstance(value, float | int | str):
        return None
    return value if isinstance(value, str) or isfinite(value) else None
