"""Text as the words that it is found by: in lower case, in one spelling, without endings and everyday words."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import Stemmer
from bm25s.stopwords import STOPWORDS_EN

from app.knowledge.glossary import SENSES

WORD = re.compile(r"[^\W_]+")
SPELLINGS = (
    (re.compile(r"is(e|es|ed|er|ers|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"yz(e|es|ed|er|ers|ing)$"), r"ys\1"),
    (re.compile(r"our(s|ed|ing|al|ally)?$"), r"or\1"),
    (re.compile(r"[ao]e"), "e"),
    (re.compile(r"^artef"), "artif"),
)
"""British to American; a word that this makes a mistake of is mistaken everywhere in the same way."""
SKIPPED = frozenset(STOPWORDS_EN) | {
    "do",
    "does",
    "did",
    "how",
    "what",
    "which",
    "when",
    "where",
    "why",
    "i",
    "we",
    "my",
}


def words(text: str) -> list[str]:
    """What `text` is about, in order; what has several names also by the sense that they share."""
    plain = [word for word in WORD.findall(text.lower()) if word not in SKIPPED]
    return [*map(stem, plain), *senses(text.lower())]


@cache
def stem(word: str) -> str:
    for pattern, spelling in SPELLINGS:
        word = pattern.sub(spelling, word)
    return _stemmer().stemWord(word)


def senses(text: str) -> Iterator[str]:
    known = dict.fromkeys(found for found in _names().findall(text))
    yield from dict.fromkeys(SENSES[name] for name in known)


@cache
def _names() -> re.Pattern[str]:
    longest_first = sorted(SENSES, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b")


@cache
def _stemmer() -> Any:
    return Stemmer.Stemmer("english")
