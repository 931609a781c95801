"""Search engines as they answer over HTTP, on the loopback."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fakes.site import Page, Site, Visit

from app.knowledge.search.arxiv import ArXiv, Pace
from app.knowledge.search.asking import Asking, Waiting
from app.knowledge.search.engine import Engine
from app.knowledge.search.searxng import SearxNG
from app.knowledge.search.tavily import Tavily
from app.knowledge.search.wikipedia import Wikipedia

ENTRY = """<entry><id>http://arxiv.org/abs/1</id><title>R
 peaks</title><summary>Found by their slope.</summary></entry>"""
FEED = f'<feed xmlns="http://www.w3.org/2005/Atom">{ENTRY}</feed>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><feed>&b;</feed>'


def as_json(value: Any) -> Page:
    return lambda visit: visit.answer(json.dumps(value).encode(), "application/json")


def wiki(visit: Visit) -> None:
    asked = parse_qs(urlsplit(visit.path).query)
    if "list" in asked:
        as_json({"query": {"search": [{"title": "R peak"}]}})(visit)
    else:
        as_json({"query": {"pages": [{"title": "R peak", "extract": "Found by their slope."}]}})(visit)


def unpaced(site: Site, what: str, path: str) -> Asking:
    return Asking(what, site.url(path), Waiting(0.001))


@dataclass(frozen=True)
class Fake:
    path: str
    page: Page
    """How it answers."""
    opened: Callable[[Site], Engine]
    source: str
    whole: bool = True


ROW = {"title": "R peaks", "url": "https://site.org/r", "content": "Found by their slope."}
FAKES = {
    "tavily": Fake(
        "/search", as_json({"results": [ROW]}), lambda site: Tavily("key", site.url(""), pause=0), "https://site.org/r"
    ),
    "searxng": Fake(
        "/search",
        as_json({"results": [ROW]}),
        lambda site: SearxNG(unpaced(site, "SearxNG", "/search")),
        "https://site.org/r",
        whole=False,
    ),
    "wikipedia": Fake(
        "/w/api.php", wiki, lambda site: Wikipedia(unpaced(site, "Wikipedia", "/w/api.php")), "/wiki/R_peak"
    ),
    "arxiv": Fake(
        "/api",
        lambda visit: visit.answer(FEED.encode(), "application/atom+xml"),
        lambda site: ArXiv(unpaced(site, "arXiv", "/api"), Pace(0)),
        "https://arxiv.org/abs/1",
    ),
}
