"""What kind of document some bytes are, and whether that is what they are said to be."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from app.pages.errors import PageUnreadable

SUFFIXES = {
    ".md": "text",
    ".markdown": "text",
    ".rst": "text",
    ".txt": "text",
    ".tex": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".ipynb": "notebook",
    ".py": "python",
}
HEAD = 4096
MEDIA_TYPES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/x-ipynb+json": "notebook",
    "text/x-python": "python",
    "text/plain": "text",
    "text/markdown": "text",
    "text/x-rst": "text",
}


def kind_of(content: bytes, name: str, media_type: str = "") -> str:
    """`text`, `html`, `pdf`, `notebook` or `python`. Raises PageUnreadable."""
    suffix = PurePosixPath(urlsplit(name).path if "://" in name else name).suffix.lower()
    kind = MEDIA_TYPES.get(media_type) or SUFFIXES.get(suffix)
    # Servers call source files plain text.
    if kind == "text" and SUFFIXES.get(suffix) in ("notebook", "python"):
        kind = SUFFIXES[suffix]
    if kind is None:
        known = ", ".join(sorted(SUFFIXES))
        raise PageUnreadable(f"{name}: not a kind of document that can be read; give {known}")
    is_pdf = content[:1024].lstrip().startswith(b"%PDF-")
    if kind == "pdf" and not is_pdf:
        raise PageUnreadable(f"{name}: is called a PDF, and is none")
    if kind != "pdf" and (is_pdf or _is_binary(content)):
        raise PageUnreadable(f"{name}: is called {kind}, and holds no text")
    return kind


def _is_binary(content: bytes) -> bool:
    """Control characters that no text has; UTF-16 has a mark and its NULs in every other place."""
    head = content[:HEAD]
    return not head.startswith((b"\xff\xfe", b"\xfe\xff")) and head.count(0) * 20 > len(head)
