"""The web through Tavily."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tavily import AsyncTavilyClient
from tavily.errors import ForbiddenError, InvalidAPIKeyError, UsageLimitExceededError

from app.knowledge.search.engine import MOST_CHARACTERS, Result, SearchFailed
from app.outgoing import note_sent
from app.pages.encoding import clean

URL = "https://api.tavily.com"
RESULTS = 5
SECONDS = 60
LONGEST_QUERY = 400
TRIES = 2


@dataclass(frozen=True)
class Tavily:
    key: str
    url: str | None = None
    pause: float = 1.0
    """Seconds before it is asked once more."""
    name: str = "tavily"

    async def __call__(self, term: str) -> list[Result]:
        for left in reversed(range(TRIES)):
            try:
                return [result(row) for row in await self._ask(term[:LONGEST_QUERY])]
            except (InvalidAPIKeyError, ForbiddenError) as error:
                raise SearchFailed("Tavily refuses the key: check TAVILY_API_KEY") from error
            except UsageLimitExceededError as error:
                raise SearchFailed("Tavily's limit for this key is reached") from error
            except Exception as error:
                # Its client raises what it likes, and may quote the key.
                if not left:
                    raise SearchFailed(f"Tavily does not answer ({type(error).__name__})") from error
                await asyncio.sleep(self.pause)
        return []

    async def _ask(self, query: str) -> list[dict[str, Any]]:
        note_sent(self.url or URL, query)
        async with AsyncTavilyClient(api_key=self.key, api_base_url=self.url) as client:
            answer = await client.search(query, max_results=RESULTS, include_raw_content="markdown", timeout=SECONDS)
        return answer.get("results", [])


def result(row: dict[str, Any]) -> Result:
    text = row.get("raw_content") or row["content"]
    return Result(clean(str(row["title"])), clean(str(row["url"])), clean(str(text))[:MOST_CHARACTERS])
