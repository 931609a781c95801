"""A SearxNG of one's own. It shows a few lines of each page; the pages are fetched."""

from dataclasses import dataclass
from http import HTTPStatus

from app.knowledge.search.asking import Asking
from app.knowledge.search.engine import Result, SearchFailed
from app.pages.encoding import clean

RESULTS = 5


@dataclass(frozen=True)
class SearxNG:
    asking: Asking
    name: str = "searxng"

    async def __call__(self, term: str) -> list[Result]:
        try:
            answer = await self.asking.json({"q": term.replace(": ", " ", 1), "format": "json"})
        except SearchFailed as error:
            if error.status == HTTPStatus.FORBIDDEN:
                raise SearchFailed(f"{self.asking.what} has JSON switched off: add it to search.formats") from error
            raise
        rows = answer.get("results", [])[:RESULTS]
        return [
            Result(clean(str(row.get("title", ""))), clean(str(row["url"])), clean(str(row.get("content", ""))), False)
            for row in rows
        ]
