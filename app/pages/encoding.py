"""Bytes to text, whatever they were written in."""

import codecs
import re

from charset_normalizer import from_bytes

META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
HEAD = 4096
"""Bytes in which a page has to say what it is written in."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SAMPLE = 200_000
UNSEEN = dict.fromkeys([0, *range(0xD800, 0xE000)])


def decode(content: bytes, declared: str = "") -> str:
    """By its byte order mark, what its server or the page itself declares, UTF-8, or else what it looks like."""
    for encoding in (_mark(content), declared, _meta(content), "utf-8"):
        try:
            if encoding:
                return clean(content.decode(encoding))
        except (LookupError, ValueError):
            continue
    best = from_bytes(content[:SAMPLE]).best()
    return clean(content.decode(best.encoding if best else "utf-8", errors="replace"))


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which no database and no server of a model takes."""
    return text.translate(UNSEEN)


def _mark(content: bytes) -> str:
    return next((name for mark, name in MARKS.items() if content.startswith(mark)), "")


def _meta(content: bytes) -> str:
    found = META.search(content[:HEAD])
    return found[1].decode("ascii") if found else ""
