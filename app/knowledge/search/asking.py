"""One question over HTTP, tried again where that may help."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from app.knowledge.search.engine import SearchFailed
from app.outgoing import note_sent
from app.pages.robots import AGENT

SECONDS = 20.0
TRIES = 3
LONGEST_WAIT = 20.0
PASSING = frozenset({408, 429, 500, 502, 503, 504})
MOST_BYTES = 10_000_000


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, httpx2.HTTPStatusError):
        return error.response.status_code in PASSING
    return isinstance(error, httpx2.TransportError)


@dataclass(frozen=True)
class Waiting:
    """As the server asks, within reason, or else longer each time."""

    first: float = 1.0

    def __call__(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, httpx2.HTTPStatusError):
            asked = error.response.headers.get("retry-after", "")
            if asked.isdigit():
                return min(float(asked), LONGEST_WAIT)
        return wait_exponential_jitter(multiplier=self.first, max=LONGEST_WAIT, jitter=self.first)(state)


@dataclass(frozen=True)
class Asking:
    """Of the server at `url`, which its owner has named: it may stand in the own network."""

    what: str
    """How errors call it."""
    url: str
    waiting: Waiting = Waiting()
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def __call__(self, parameters: dict[str, str]) -> httpx2.Response:
        """Raises SearchFailed with one line."""
        tries = AsyncRetrying(
            retry=retry_if_exception(_may_pass), stop=stop_after_attempt(TRIES), wait=self.waiting, reraise=True
        )
        try:
            return await tries(self._once, parameters)
        except httpx2.HTTPStatusError as error:
            status = error.response.status_code
            raise SearchFailed(f"{self.what} answers {status}{_meaning(error)}", status) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise SearchFailed(f"{self.what} does not answer ({type(error).__name__})") from error

    async def json(self, parameters: dict[str, str]) -> Any:
        """Raises SearchFailed."""
        answer = await self(parameters)
        try:
            return answer.json()
        except ValueError as error:
            raise SearchFailed(f"{self.what} does not answer with JSON") from error

    async def _once(self, parameters: dict[str, str]) -> httpx2.Response:
        query = urlencode(parameters)
        parts = urlsplit(self.url)
        note_sent(f"{parts.scheme}://{parts.netloc}", f"{parts.path}?{query}")
        headers = {"User-Agent": AGENT} | self.headers
        # Certificates are read anew only where they are needed: it takes 20 ms.
        async with httpx2.AsyncClient(timeout=SECONDS, headers=headers, trust_env=False) as client:
            answer = await client.get(self.url, params=parameters)
            answer.raise_for_status()
            return answer


def _meaning(error: httpx2.HTTPStatusError) -> str:
    return ", too often asked" if error.response.status_code == 429 else ""
