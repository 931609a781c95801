"""The web through Tavily."""

from dataclasses import dataclass
from typing import Any

from tavily import AsyncTavilyClient

from app.providers.live import Found
from graph.errors import RunFailed

RESULTS = 4


@dataclass(frozen=True)
class TavilySearch:
    key: str
    url: str | None = None
    outside: bool = True

    async def __call__(self, term: str) -> Found:
        try:
            async with AsyncTavilyClient(api_key=self.key, api_base_url=self.url) as client:
                answer = await client.search(
                    term[:400], max_results=RESULTS, include_raw_content="markdown", timeout=60
                )
            return [document(row) for row in answer.get("results", [])]
        except Exception as error:
            raise RunFailed(
                f"the web search failed ({type(error).__name__}): check TAVILY_API_KEY, or unset it to do without"
            ) from error


def document(row: dict[str, Any]) -> dict[str, str]:
    text = row.get("raw_content") or row["content"]
    return {"title": str(row["title"]), "source": str(row["url"]), "text": str(text)}
