"""What a decision rests on: passages by their ids, none that was never shown, and at the end the sources of them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from graph.context import Context
from graph.errors import ReplyUnusable
from graph.ports import Passage

ID = re.compile(r"\[([0-9a-f]{6})\]")
CHARACTERS = 6000
"""Of passages in one prompt."""
FEWER = 2500
"""In a prompt that has a whole program in it, and what is wrong with it."""


@dataclass(frozen=True)
class Cited:
    """A source, and what of the program rests on it."""

    title: str
    source: str
    of: tuple[str, ...]
    """Names of functions, and `version N`."""


def within(passages: Iterable[Passage], characters: int) -> list[Passage]:
    """The first ones that fit, whole, and each once; one that does not fit leaves room for those after it."""
    chosen: dict[str, Passage] = {}
    for passage in passages:
        if passage.id not in chosen and len(passage.text) <= characters:
            chosen[passage.id] = passage
            characters -= len(passage.text)
    return list(chosen.values())


def refuse_unknown(ids: Iterable[str], shown: Mapping[str, Passage], where: str) -> None:
    """Raises ReplyUnusable."""
    unknown = next((name for name in ids if name not in shown), None)
    if unknown is not None:
        raise ReplyUnusable(
            f"{where} rests on [{unknown[:40]}], and there is no such passage: name ids that you were shown, or none"
        )


def keep(context: Context, passages: Sequence[Passage]) -> str:
    return context.keep(json.dumps([asdict(passage) for passage in passages]))


def kept(context: Context, reference: str) -> list[Passage]:
    return [Passage(**value) for value in json.loads(context.text(reference))] if reference else []


def sources(context: Context, cited: Mapping[str, str], ancestry: Iterable[int]) -> list[Cited]:
    """Of the functions of the design, and of the versions that the chosen one comes from."""
    lines = {f"version {number}" for number in ancestry}
    places = [place for place in cited if place in lines or not place.startswith("version ")]
    found: dict[tuple[str, str], list[str]] = {}
    for place in places:
        for passage in kept(context, cited[place]):
            name = (passage.title.partition(": ")[0], passage.source)
            if place not in found.setdefault(name, []):
                found[name].append(place)
    return [Cited(title, source, tuple(of)) for (title, source), of in found.items()]
