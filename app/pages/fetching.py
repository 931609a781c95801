"""Pages of the web, fetched without ever reaching the network that this machine stands in."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from ssl import SSLContext
from urllib.parse import urljoin, urlsplit

import httpx2

from app.outgoing import note_sent
from app.pages.addresses import Target, target_of
from app.pages.document import Document
from app.pages.errors import PageRefused
from app.pages.kinds import MEDIA_TYPES
from app.pages.reading import read_document, split_type
from app.pages.response import Answer, collect
from app.pages.robots import AGENT, Robots

SECONDS = 30.0
"""For one page, with its redirects and what its site asks of robots."""
MOST_BYTES = 10_000_000
MOST_REDIRECTS = 5
HEADERS = {
    "User-Agent": AGENT,
    "Accept": ", ".join(MEDIA_TYPES),
    # Not what else the library could unpack: see `collect`.
    "Accept-Encoding": "gzip",
}


@dataclass(frozen=True)
class Fetcher:
    own: frozenset[str] = frozenset()
    """Hosts of one's own network, or `host:port`, that may be fetched from."""
    seconds: float = SECONDS
    most: int = MOST_BYTES
    robots: Robots = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "robots", Robots(self._follow))

    async def document(self, url: str) -> Document:
        """The page at `url` as text; its source is where it was found in the end.

        Raises:
            PageRefused: it must not, or could not, be fetched.
            PageUnreadable: it is no document that can be read.
        """
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self._follow(url, self.most, polite=True)
        except TimeoutError as error:
            raise PageRefused(f"{url}: takes more than {self.seconds:.0f} s to come") from error
        if answer.status != 200:
            raise PageRefused(f"{url}: the server answers {answer.status}")
        return await asyncio.to_thread(read_document, answer.content, answer.url, answer.media_type)

    async def _follow(self, url: str, most: int, *, polite: bool = False) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            target = await target_of(url, self.own)
            if polite and not target.own:
                await self.robots.refuse_unwanted(url)
            answer = await ask(target, most)
            if not answer.location:
                return answer
            url = joined(url, answer.location)
        raise PageRefused(f"{url}: is sent on more than {MOST_REDIRECTS} times")


def joined(url: str, location: str) -> str:
    """Raises PageRefused."""
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise PageRefused(f"{url}: is sent on to what is no address") from error


async def ask(target: Target, most: int) -> Answer:
    """Raises PageRefused."""
    try:
        async with opened(target) as response:
            return await read(response, target.url, most)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise PageRefused(f"{target.url}: cannot be fetched ({type(error).__name__})") from error


async def read(response: httpx2.Response, url: str, most: int) -> Answer:
    headers = response.headers
    answer = Answer(url, response.status_code, headers.get("content-type", ""), b"")
    if response.has_redirect_location:
        return replace(answer, location=headers["location"])
    if response.status_code != 200:
        return answer
    if int(headers.get("content-length") or 0) > most:
        raise PageRefused(f"{url}: is larger than {most / 1e6:g} MB")
    media, _ = split_type(answer.media_type)
    if media and media not in MEDIA_TYPES:
        raise PageRefused(f"{url}: {media[:60]} is not a kind of page that can be read")
    encoding = headers.get("content-encoding", "").strip().lower()
    return replace(answer, content=await collect(response.aiter_raw(), encoding, most, url))


@asynccontextmanager
async def opened(target: Target) -> AsyncGenerator[httpx2.Response]:
    """The answer of the first IP address that takes a connection; name and certificate are those of the host."""
    parts = urlsplit(target.url)
    headers = HEADERS | {"Host": parts.netloc}
    note_sent(f"{parts.scheme}://{parts.netloc}", target.url)
    # No proxy of the environment: it would look names up itself.
    async with httpx2.AsyncClient(verify=certificates(), trust_env=False, timeout=SECONDS) as client:
        for number, ip in enumerate(target.ips, 1):
            url = httpx2.URL(target.url).copy_with(host=ip, port=target.port)
            request = client.build_request("GET", url, headers=headers, extensions={"sni_hostname": target.host})
            try:
                response = await client.send(request, stream=True)
            except httpx2.ConnectError:
                if number == len(target.ips):
                    raise
                continue
            try:
                yield response
            finally:
                await response.aclose()
            return


@cache
def certificates() -> SSLContext:
    # Reading them takes longer than everything else about a client.
    return httpx2.create_ssl_context()
