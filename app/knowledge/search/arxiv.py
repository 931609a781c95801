"""Abstracts of arXiv."""

import asyncio
import time
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.knowledge.search.asking import Asking
from app.knowledge.search.engine import Result, SearchFailed, name_of
from app.pages.encoding import clean

URL = "https://export.arxiv.org/api/query"
RESULTS = 3
ATOM = "{http://www.w3.org/2005/Atom}"
GAP = 3.0
"""Seconds between two questions, as its terms of use have it."""


@dataclass
class Pace:
    """Of one process."""

    gap: float = GAP
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: float = float("-inf")

    async def keep(self) -> None:
        async with self.lock:
            await asyncio.sleep(max(0.0, self.last + self.gap - time.monotonic()))
            self.last = time.monotonic()


@dataclass(frozen=True)
class ArXiv:
    asking: Asking
    pace: Pace
    name: str = "arxiv"

    async def __call__(self, term: str) -> list[Result]:
        words = " AND ".join(f"all:{word}" for word in name_of(term).replace('"', " ").split()[:8])
        if not words:
            return []
        await self.pace.keep()
        answer = await self.asking({"search_query": words, "max_results": str(RESULTS)})
        try:
            feed = fromstring(answer.content)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise SearchFailed(f"{self.asking.what} does not answer with a feed") from error
        return [entry(found) for found in feed.findall(f"{ATOM}entry")]


def entry(found: Element) -> Result:
    title, text, address = (
        " ".join(clean(found.findtext(f"{ATOM}{name}") or "").split()) for name in ("title", "summary", "id")
    )
    return Result(title, address.replace("http://", "https://", 1), text)
