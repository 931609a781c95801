"""Which of the terms that a model names are looked up: each once, and none that everybody knows."""

import re
from collections.abc import Iterable

from pydantic import BaseModel, Field

MOST = 5
WORDS = """
algorithm analysis application approach array code computer csv data dataset detection error feature file folder format
function input json label library machine learning measurement method metric model module numpy output package pandas
performance pipeline prediction processing program python record recording result sample score script sensor signal
software system task time value window
"""
PAIRS = ("machine learning", "data analysis", "data processing", "sensor data", "signal processing", "time serie")
EVERYDAY = frozenset((*WORDS.split(), *PAIRS))
"""What a search for it would bring is about anything."""
PLURAL = re.compile(r"(x|ch|sh|ss)es$|(?<!s)s$")
JOINTS = re.compile(r"[\s_/-]+")


class Term(BaseModel):
    term: str = Field(min_length=1, max_length=200)
    meaning: str = Field(default="", max_length=500)


class Terms(BaseModel):
    terms: list[Term]


def distinct(found: Iterable[Term]) -> list[str]:
    """A query for each, `term: meaning`, at most five; of two that are the same, or one within the other, the first."""
    chosen: dict[tuple[str, ...], str] = {}
    for term in found:
        words = plain(term.term)
        if not words or " ".join(words) in EVERYDAY or any(within(words, known) for known in chosen):
            continue
        chosen[words] = f"{term.term.strip()}: {term.meaning.strip()}".removesuffix(": ")
    return list(chosen.values())[:MOST]


def plain(term: str) -> tuple[str, ...]:
    """In lower case, without hyphens and the ends of plurals."""
    words = JOINTS.sub(" ", term.lower()).strip(" .,;:'\"").split()
    return tuple(PLURAL.sub(r"\1", word) if len(word) > 3 else word for word in words)


def within(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """All words of one are words of the other, which then says more, or are the same."""
    return set(one) <= set(other) or set(other) <= set(one)
