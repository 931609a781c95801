"""Changes to a program as exact search-and-replace blocks."""

import re
from dataclasses import dataclass

from graph.errors import ReplyUnusable

BLOCK = re.compile(
    r"^<{5,9} ?SEARCH[^\n]*\n(?P<search>.*?)^={5,9}[ \t]*\n(?P<replace>.*?)^>{5,9} ?REPLACE",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Edit:
    search: str
    replace: str


class EditsDoNotApply(Exception):
    """An edit does not fit the program."""


def parse_edits(reply: str) -> list[Edit]:
    edits = [Edit(match["search"], match["replace"]) for match in BLOCK.finditer(reply)]
    if not edits:
        raise ReplyUnusable("the reply holds no SEARCH/REPLACE block")
    return edits


def apply_edits(source: str, edits: list[Edit]) -> str:
    """Raises EditsDoNotApply, naming the block, when its text is not found exactly once."""
    for number, edit in enumerate(edits, 1):
        found = source.count(edit.search) if edit.search.strip() else 0
        if found != 1:
            why = "its SEARCH text is empty" if not edit.search.strip() else f"its SEARCH text was found {found} times"
            raise EditsDoNotApply(f"edit {number} of {len(edits)} did not apply: {why}; it has to be found once")
        source = source.replace(edit.search, edit.replace)
    return source
