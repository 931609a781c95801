"""Addresses in a text that a model wrote: only those stay that something really came from."""

import re
from collections.abc import Callable, Collection

TAIL = ".,;:!?'\"*_>"
BARE = r"(?:[a-z][a-z0-9+.-]{1,15}:(?://|\\/\\/)|www\.|mailto:|doi:\s?10\.|(?:dx\.)?doi\.org/)[^\s<>\"'`\])}|\\]+"
LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
REFERENCE = re.compile(r"^[ \t]{0,3}\[[^\]]+\]:[ \t]*\S+.*$\n?", re.MULTILINE)
REFERRED = re.compile(r"!?\[([^\[\]]+)\]\[[^\[\]]*\]")
TAG = re.compile(r"</?(?:a|img|iframe|script|link|object|embed|video|audio|source|form)\b[^>]*>", re.IGNORECASE)
ADDRESS = re.compile(BARE, re.IGNORECASE)
ENDS = "com|org|net|edu|gov"
"""Not all there are: `scipy.io` is a part of a package."""
HOST = re.compile(rf"\b(?:[a-z0-9-]+\.)+(?:{ENDS})\b(?:/[^\s)\]>\"'`]*)?", re.IGNORECASE)


def without_addresses(text: str, allowed: Collection[str]) -> str:
    """Links become their words, other addresses go; those in `allowed` stay as they are."""

    def link(found: re.Match[str]) -> str:
        return found[0] if found[2] in allowed else found[1]

    def address(found: re.Match[str]) -> str:
        bare = found[0].rstrip(TAIL)
        return found[0] if bare in allowed else found[0][len(bare) :]

    text = TAG.sub("", text)
    text = REFERENCE.sub(lambda found: found[0] if any(one in found[0] for one in allowed) else "", text)
    text = LINK.sub(link, text)
    text = REFERRED.sub(r"\1", text)
    return _outside(allowed, text, lambda part: HOST.sub("", _tidy(ADDRESS.sub(address, part))))


def _tidy(text: str) -> str:
    return re.sub(r"<>|\(\s*\)|\[\s*\]", "", text)


def _outside(allowed: Collection[str], text: str, change: Callable[[str], str]) -> str:
    """`change` of all but the allowed addresses."""
    if not allowed:
        return change(text)
    known = re.compile("|".join(re.escape(one) + r"(?![\w/])" for one in sorted(allowed, key=len, reverse=True)))
    parts, last = list[str](), 0
    for found in known.finditer(text):
        parts += [change(text[last : found.start()]), found[0]]
        last = found.end()
    return "".join([*parts, change(text[last:])])
