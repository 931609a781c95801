"""What comes back from an address, in full and within a size."""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from app.pages.errors import PageRefused


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    media_type: str
    content: bytes
    location: str = ""
    """Where it sends one on to."""


Ask = Callable[[str, int], Awaitable[Answer]]
"""An address and the most bytes that may come, to the answer after all redirects; raises PageRefused."""


async def collect(chunks: AsyncIterator[bytes], encoding: str, most: int, url: str) -> bytes:
    """All of a body, unpacked; raises PageRefused as soon as it is too much, however small it was packed."""
    unpack = _unpacker(encoding, url)
    parts, left = list[bytes](), most
    async for chunk in chunks:
        part = unpack(chunk, left + 1)
        left -= len(part)
        if left < 0:
            raise PageRefused(f"{url}: is larger than {most / 1e6:g} MB")
        parts.append(part)
    return b"".join(parts)


def _unpacker(encoding: str, url: str) -> Callable[[bytes, int], bytes]:
    if encoding in ("", "identity"):
        return lambda chunk, most: chunk[:most]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise PageRefused(f"{url}: is packed in a way that was not asked for ({encoding[:40]})")
    stream = zlib.decompressobj(wbits=47 if "gzip" in encoding else 15)

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return stream.decompress(chunk, most)
        except zlib.error as error:
            raise PageRefused(f"{url}: is damaged: it cannot be unpacked") from error

    return unpack
