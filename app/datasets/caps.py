"""How much an archive may bring."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.datasets.errors import UploadTooLarge

MIB = 1 << 20


@dataclass(frozen=True)
class Caps:
    archive: int
    """Bytes of the archive itself."""
    total: int
    """Bytes of all that is in it."""
    file: int
    """Bytes of one file."""
    members: int = 100_000
    """Files and folders."""
    depth: int = 20
    ratio: int = 100
    """How many times its own size an archive may unpack to, beyond `slack`: tables of sensors reach 20."""
    slack: int = 64 * MIB

    @staticmethod
    def of(archive: int) -> "Caps":
        return Caps(archive=archive, total=4 * archive, file=2 * archive)


class Meter:
    """Counts what really comes out of an archive; what its headers say proves nothing."""

    def __init__(self, caps: Caps, archive: int, watch: Callable[[], None]) -> None:
        self.caps = caps
        self.files = 0
        self.bytes = 0
        """Of the files alone."""
        self._read = 0
        """With headers, and what is left out."""
        self._members = 0
        self._most = min(caps.total, caps.slack + caps.ratio * archive)
        self._watch = watch

    def member(self, count: int = 1) -> None:
        """Raises UploadTooLarge."""
        self._members += count
        self.refuse_many(self._members)

    def refuse_many(self, members: int) -> None:
        """Raises UploadTooLarge."""
        if members > self.caps.members:
            raise UploadTooLarge(f"the archive has more than {self.caps.members} files and folders")

    def add(self, size: int) -> None:
        """Raises UploadTooLarge."""
        self._watch()
        self._read += size
        if self._read <= self._most:
            return
        if self._most == self.caps.total:
            raise UploadTooLarge(f"the archive unpacks to more than {shown(self.caps.total)}")
        raise UploadTooLarge(f"the archive unpacks to more than {self.caps.ratio} times its size, as bombs do")

    def file(self, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks, counted before they are handed on. Raises UploadTooLarge."""
        self.files += 1
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > self.caps.file:
                raise UploadTooLarge(f"{name} in the archive is larger than {shown(self.caps.file)}")
            self.add(len(chunk))
            self.bytes += len(chunk)
            yield chunk


def shown(size: int) -> str:
    return f"{size // MIB} MB" if size >= MIB else f"{size} bytes"
