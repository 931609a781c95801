"""The HTTP client that model servers are asked through: one for each call, so that none outlives its event loop."""

import asyncio
import functools
import ssl
from typing import Any

import httpx2

from app.outgoing import note_sent


class WholeReplyClient(httpx2.AsyncClient):
    """Keeps the time of the whole reply: the library's own limit starts anew with every byte that drips in.

    Redirects are not followed: prompts and keys go to the address that was set, and nowhere else.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(timeout=seconds, follow_redirects=False, verify=_certificates())
        self._seconds = seconds

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        address = request.url
        note_sent(f"{address.scheme}://{address.netloc.decode()}", request.content.decode("utf-8", "replace"))
        try:
            async with asyncio.timeout(self._seconds):
                return await super().send(request, **options)
        except TimeoutError as error:
            raise httpx2.ReadTimeout("the reply took too long", request=request) from error


@functools.cache
def _certificates() -> ssl.SSLContext:
    # Reading them takes longer than everything else about a client.
    return httpx2.create_ssl_context()
