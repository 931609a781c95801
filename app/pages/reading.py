"""A file or page of any kind that people keep knowledge in, as text."""

from app.pages.confined import MOST_CHARACTERS, parse_confined
from app.pages.document import Document
from app.pages.errors import PageUnreadable
from app.pages.kinds import kind_of
from app.pages.parsers import CONFINED, PARSERS

MOST_BYTES = 20_000_000
MOST_TITLE = 120


def read_document(content: bytes, name: str, media_type: str = "") -> Document:
    """Read `content`, known as `name` (an address or a file's name).

    `media_type`, as a server says it, parameters included, goes before the suffix of `name`. It takes a second for
    HTML and PDF, which are parsed in a process of their own.

    Raises:
        PageUnreadable: it is of another kind than it says, locked, too large, empty, or of a kind that is not read.
    """
    if len(content) > MOST_BYTES:
        raise PageUnreadable(f"{name}: is larger than {MOST_BYTES // 1_000_000} MB")
    media, charset = split_type(media_type)
    kind = kind_of(content, name, media)
    try:
        parse = parse_confined if kind in CONFINED else lambda kind, *given: PARSERS[kind](*given)
        title, text = parse(kind, content, charset)
    except PageUnreadable as error:
        raise PageUnreadable(f"{name}: {error}") from error
    if not text.strip():
        raise PageUnreadable(f"{name}: has no text in it" + (" (is it a scan?)" if kind == "pdf" else ""))
    return Document(" ".join(title.split())[:MOST_TITLE] or name, name, text[:MOST_CHARACTERS])


def split_type(media_type: str) -> tuple[str, str]:
    """`text/html; charset=x` as type and charset, which may be empty."""
    media, _, parameters = media_type.partition(";")
    charset = next((p.strip()[8:] for p in parameters.split(";") if p.strip().lower().startswith("charset=")), "")
    return media.strip().lower(), charset.strip("\"' ")[:40]
