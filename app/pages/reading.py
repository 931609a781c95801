"""A file or page of any kind that people keep knowledge in, as text."""

from pathlib import PurePosixPath

from app.pages.document import Document
from app.pages.errors import PageUnreadable

SUFFIXES = {".md", ".txt"}


def read_document(content: bytes, name: str, media_type: str = "") -> Document:
    """Read `content`, known as `name` (an address or a file's name); `media_type` goes before the suffix of `name`.

    Raises:
        PageUnreadable: it is of another kind than it says, locked, or of a kind that is not read.
    """
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        raise PageUnreadable(f"{name}: not a kind of file that can be read; give {', '.join(sorted(SUFFIXES))}")
    text = content.decode("utf-8", errors="replace")
    title = (text.strip().splitlines() or [""])[0].lstrip("# ").strip()[:120]
    return Document(title or name, name, text)
