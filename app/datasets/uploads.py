"""An upload on its way from a stranger's stream to a folder."""

import asyncio
import errno
import shutil
from collections.abc import AsyncIterable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from app.datasets.caps import MIB, Caps, shown
from app.datasets.errors import DiskFull, UploadBroken, UploadTooLarge
from app.datasets.threads import Stop, in_thread
from app.datasets.unpack import Unpacked, unpack

BUFFER = MIB
RESERVE = 1024 * MIB
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Uploads:
    caps: Caps
    reserve: int = RESERVE
    """Bytes of the disk that are left to everybody else."""
    unpacking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """So that many uploads leave threads for the rest of the server."""

    def refuse_length(self, length: int, folder: Path) -> None:
        """Before any of it is read. Raises UploadTooLarge, DiskFull."""
        self.refuse_large(length)
        self.refuse_full(folder, length)

    def refuse_large(self, size: int) -> None:
        """Raises UploadTooLarge."""
        if size > self.caps.archive:
            raise UploadTooLarge(f"the archive is larger than {shown(self.caps.archive)}")

    def refuse_full(self, folder: Path, more: int = 0) -> None:
        """Raises DiskFull."""
        if shutil.disk_usage(folder).free - more < self.reserve:
            raise DiskFull

    async def save(self, chunks: AsyncIterable[bytes], length: int | None, into: Path) -> None:
        """Raises UploadTooLarge, UploadBroken, DiskFull."""
        size, waiting = 0, bytearray()
        with _full_told(), into.open("xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                self.refuse_large(size)
                self.refuse_full(into.parent)
                waiting += chunk
                if len(waiting) >= BUFFER:
                    await in_thread(_writing(file, bytes(waiting)), Stop())
                    waiting.clear()
            await in_thread(_writing(file, bytes(waiting)), Stop())
        if length is not None and size != length:
            raise UploadBroken(f"the upload ended after {size} of {length} bytes; send it again")

    async def unpack(self, archive: Path, into: Path) -> Unpacked:
        """Raises DatasetInvalid, UploadTooLarge, DiskFull."""
        stop = Stop()

        def watch() -> None:
            stop.check()
            self.refuse_full(into.parent)

        async with self.unpacking:
            with _full_told():
                return await in_thread(lambda: unpack(archive, into, self.caps, watch), stop)


def _writing(file: BinaryIO, content: bytes) -> Callable[[], object]:
    return lambda: file.write(content)


@contextmanager
def _full_told() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull from error
        raise
