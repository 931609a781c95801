"""Changes to a program as exact search-and-replace blocks."""

import re
from dataclasses import dataclass

from graph.errors import ReplyUnusable
from graph.syntax import unix

START = re.compile(r"^<{5,9} ?SEARCH", re.MULTILINE)
BLOCK = re.compile(
    r"^<{5,9} ?SEARCH[^\n]*\n(?P<search>.*?)^={5,9}[ \t]*\n(?P<replace>.*?)^>{5,9} ?REPLACE",
    re.DOTALL | re.MULTILINE,
)
MIDDLE = re.compile(r"^={5,9}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Edit:
    search: str
    replace: str


class EditsDoNotApply(Exception):
    """An edit does not fit the program."""


def has_edits(reply: str) -> bool:
    """Whether it is meant as edits, well formed or not."""
    return bool(START.search(reply))


def parse_edits(reply: str) -> list[Edit]:
    reply = unix(reply)
    edits = [Edit(match["search"], match["replace"]) for match in BLOCK.finditer(reply)]
    if not edits or len(edits) < len(START.findall(reply)):
        raise ReplyUnusable("a SEARCH/REPLACE block has no end" if edits else "the reply holds no SEARCH/REPLACE block")
    return edits


def apply_edits(source: str, edits: list[Edit]) -> str:
    """Raises EditsDoNotApply, naming the block, when its text is not found exactly once."""
    for number, edit in enumerate(edits, 1):
        places = _places(source, edit.search)
        if why := _misfit(edit, len(places)):
            raise EditsDoNotApply(f"edit {number} of {len(edits)} did not apply: {why}")
        source = source[: places[0]] + edit.replace + source[places[0] + len(edit.search) :]
    return source


def _misfit(edit: Edit, found: int) -> str:
    if not edit.search.strip():
        return "its SEARCH text is empty; it has to be found once"
    if MIDDLE.search(edit.replace):
        return "it holds a second line of `=======`, so that nobody can tell where its SEARCH text ends"
    return "" if found == 1 else f"its SEARCH text was found {found} times; it has to be found once"


def _places(source: str, search: str) -> list[int]:
    """Where it stands, as whole lines (`x = 1` is not in `max = 1`); the indentation of its first may be missing."""
    return [match.end() for match in re.finditer(rf"^[ \t]*?(?={re.escape(search)})", source, re.MULTILINE)]
