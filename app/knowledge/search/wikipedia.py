"""Wikipedia, or another wiki with MediaWiki's API and text extracts."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from app.knowledge.search.asking import Asking
from app.knowledge.search.engine import MOST_CHARACTERS, Result, name_of
from app.pages.encoding import clean

URL = "https://en.wikipedia.org/w/api.php"
RESULTS = 2


@dataclass(frozen=True)
class Wikipedia:
    asking: Asking
    name: str = "wikipedia"

    async def __call__(self, term: str) -> list[Result]:
        query = {"action": "query", "list": "search", "srsearch": name_of(term), "srlimit": str(RESULTS)}
        answer = await self.asking.json(query | {"format": "json"})
        titles = [str(row["title"]) for row in answer.get("query", {}).get("search", [])]
        # One for each: the API gives whole texts for one page at a time.
        return [found for found in await asyncio.gather(*map(self._page, titles)) if found.text]

    async def _page(self, title: str) -> Result:
        query = {"action": "query", "prop": "extracts", "explaintext": "1", "redirects": "1", "titles": title}
        answer: dict[str, Any] = await self.asking.json(query | {"format": "json", "formatversion": "2"})
        pages = answer.get("query", {}).get("pages", [{}])
        text = clean(str(pages[0].get("extract", "")))
        parts = urlsplit(self.asking.url)
        address = f"{parts.scheme}://{parts.netloc}/wiki/{quote(title.replace(' ', '_'))}"
        return Result(title, address, text[:MOST_CHARACTERS])
