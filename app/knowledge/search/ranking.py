"""Which results go before others, and which are the same."""

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.knowledge.search.engine import Result

MOST = 6
"""Of one term."""
ORIGINAL = frozenset(
    {
        *("wikipedia.org", "arxiv.org", "doi.org", "physionet.org", "nih.gov", "nist.gov", "ieee.org", "acm.org"),
        *("nature.com", "plos.org", "frontiersin.org", "mdpi.com", "biorxiv.org", "jmlr.org", "openreview.net"),
        *("iso.org", "itu.int", "w3.org", "rfc-editor.org", "edfplus.info", "hdfgroup.org", "apache.org"),
        *("python.org", "numpy.org", "scipy.org", "scikit-learn.org", "pydata.org", "readthedocs.io", "mathworks.com"),
    }
)
"""Encyclopaedia, papers, standards and what the makers of a thing say of it; with all that is below them."""


def is_address(source: str) -> bool:
    """False for the name of a file of the user's own."""
    return source.startswith(("http://", "https://"))


def ranked(found: Iterable[Result]) -> list[Result]:
    """The user's own first, then Wikipedia and original sources; else as the engines had them. Each once."""
    unique: dict[str, Result] = {}
    texts: set[str] = set()
    for result in sorted(found, key=_rank):
        content = hashlib.sha256(" ".join(result.text.split()).encode()).hexdigest()
        place = _place(result.source)
        if place not in unique and content not in texts:
            unique[place] = result
            texts.add(content)
    return list(unique.values())[:MOST]


def _rank(result: Result) -> int:
    if not is_address(result.source):
        return 0
    host = urlsplit(result.source).hostname or ""
    return 1 if any(host == known or host.endswith(f".{known}") for known in ORIGINAL) else 2


def _place(source: str) -> str:
    """The same for two ways to write one address."""
    if not is_address(source):
        return source
    parts = urlsplit(source)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
