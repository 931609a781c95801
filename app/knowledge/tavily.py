"""The web through Tavily."""

from dataclasses import dataclass

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
        client = AsyncTavilyClient(api_key=self.key, api_base_url=self.url)
        try:
            answer = await client.search(term[:400], max_results=RESULTS, include_raw_content="markdown", timeout=60)
        except Exception as error:
            raise RunFailed(
                f"the web search failed ({type(error).__name__}): check TAVILY_API_KEY, or unset it to do without"
            ) from error
        return [
            {"title": row["title"], "source": row["url"], "text": row.get("raw_content") or row["content"]}
            for row in answer.get("results", [])
        ]
