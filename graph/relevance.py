"""Which of the pages that a search found are about this task."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pydantic import BaseModel, Field

from graph.errors import ReplyUnusable
from graph.parse import json_value
from graph.ports import Hit

BEGINNING = 700
"""Characters of each that are shown."""
NOT_JUDGED = "it was not judged: the answers of the model could not be used"
OWN = "given with the task"


class Judgement(BaseModel):
    number: int
    keep: bool
    reason: str = Field(default="", max_length=500)


class Judgements(BaseModel):
    pages: list[Judgement]


@dataclass(frozen=True)
class LookedUp:
    """A page that a search found, and what became of it."""

    term: str
    title: str
    source: str
    kept: bool
    reason: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def judgements(reply: str, count: int) -> dict[int, Judgement]:
    """By number, from 1 to `count`. Raises ReplyUnusable where one is missing."""
    found = {one.number: one for one in json_value(reply, Judgements).pages}
    missing = next((number for number in range(1, count + 1) if number not in found), None)
    if missing is not None:
        raise ReplyUnusable(f"page {missing} is not judged: say of each of the {count} pages whether to keep it")
    return found


def judged(term: str, hits: Sequence[Hit], found: dict[int, Judgement] | None) -> list[LookedUp]:
    """In the order of `hits`; the user's own are kept, and all where `found` is none."""
    rows: list[LookedUp] = []
    number = 0
    for hit in hits:
        keep, reason = True, OWN
        if not hit.own:
            number += 1
            keep, reason = (found[number].keep, found[number].reason) if found else (True, NOT_JUDGED)
        rows.append(LookedUp(term, hit.title, hit.source, keep, " ".join(reason.split())))
    return rows
