"""Program texts and their differences as HTML; what a program's author wrote stays text."""

from typing import Any

import pygments  # pyright: ignore[reportMissingTypeStubs]
from markupsafe import Markup, escape
from pygments.formatters import HtmlFormatter  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]
from pygments.lexers import PythonLexer  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

untyped: Any = pygments
formatter: Any = HtmlFormatter
lexer: Any = PythonLexer  # pyright: ignore[reportUnknownVariableType]

LIGHT, DARK = "xcode", "github-dark"
MAX_CHARACTERS = 200_000
"""Longer texts are shown without colours, which would take seconds."""
HEADERS = 2
"""A unified difference begins with so many lines that name the files."""


def coloured(source: str) -> Markup:
    if len(source) > MAX_CHARACTERS:
        return escape(source)
    return Markup(untyped.highlight(source, lexer(stripnl=False), formatter(nowrap=True)))


def coloured_diff(diff: str) -> Markup:
    return Markup("\n").join(_line(at, line) for at, line in enumerate(diff.splitlines()))


def _line(at: int, line: str) -> Markup:
    kind = "file" if at < HEADERS else {"+": "add", "-": "del", "@": "hunk"}.get(line[:1], "")
    return Markup('<span class="{}">{}</span>').format(kind, line) if kind else escape(line)


def breakable(name: str) -> Markup:
    """A long name may wrap after its underscores."""
    return escape(name).replace("_", Markup("_<wbr>"))


def code_style() -> tuple[Markup, Markup]:
    """The rules for `coloured`, light and dark."""
    light, dark = (_rules(name) for name in (LIGHT, DARK))
    return light, dark


def _rules(style: str) -> Markup:
    rules: list[str] = formatter(style=style, nobackground=True).get_style_defs(".code").splitlines()
    return Markup("\n".join(rule.split(" /*")[0] for rule in rules if rule.startswith(".code .")))
