"""The members of a tar archive, read as a stream.

The standard library reads the single headers. Its `TarFile` is not used: it takes a damaged header for the end of the
archive, and reads an extension header of any length into memory.
"""

from collections.abc import Iterator
from tarfile import BLOCKSIZE, TarInfo
from typing import Protocol

from app.datasets.caps import MIB, Meter
from app.datasets.members import CHUNK, Member, quoted
from graph.errors import DatasetInvalid

FILES, FOLDER = (b"0", b"\0", b"7"), b"5"
LONG_NAME, PAX, PAX_FOR_ALL = b"L", b"x", b"g"
KINDS = {
    b"1": "a hard link",
    b"K": "a link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a FIFO",
    b"S": "a sparse file",
}
LONGEST_EXTENSION = MIB
LONGEST_PADDING = MIB


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def tar_members(stream: Stream, meter: Meter) -> Iterator[Member]:
    """Raises DatasetInvalid, UploadTooLarge; EOFError or tarfile.TarError where it is damaged."""
    said: dict[str, str] = {}
    while any(block := _exactly(stream, BLOCKSIZE)):
        meter.member()
        info = TarInfo.frombuf(block, "utf-8", "surrogateescape")
        if info.type in (LONG_NAME, PAX, PAX_FOR_ALL):
            said |= _extension(info, _extension_body(stream, info.size, meter))
        else:
            yield _member(stream, info, said)
            said = {}
    if said:
        raise EOFError("a header without its file")
    _refuse_rest(stream)


def _member(stream: Stream, info: TarInfo, said: dict[str, str]) -> Member:
    name, size = said.get("path", info.name), _size(said.get("size"), info.size)
    if info.type not in (*FILES, FOLDER):
        raise DatasetInvalid(f"the archive holds {KINDS.get(info.type, 'no plain file')}: {quoted(name)}")
    if info.type == FOLDER and size:
        raise DatasetInvalid(f"the archive has a folder with content of its own: {quoted(name)}")
    return Member(name, info.type == FOLDER, _content(stream, size))


def _size(said: str | None, in_header: int) -> int:
    size = in_header if said is None else int(said) if said.isascii() and said.isdigit() and len(said) < 20 else -1
    if size < 0:
        raise DatasetInvalid("the archive has a file of an impossible size")
    return size


def _content(stream: Stream, size: int) -> Iterator[bytes]:
    left = size
    while left:
        chunk = _exactly(stream, min(left, CHUNK))
        left -= len(chunk)
        yield chunk
    _exactly(stream, -size % BLOCKSIZE)


def _extension_body(stream: Stream, size: int, meter: Meter) -> bytes:
    if not 0 < size <= LONGEST_EXTENSION:
        raise DatasetInvalid("the archive has a header of an impossible length")
    meter.add(size)
    return b"".join(_content(stream, size))


def _extension(info: TarInfo, body: bytes) -> dict[str, str]:
    if info.type == LONG_NAME:
        return {"path": body.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    records = dict(_records(body))
    if any(key.startswith("GNU.sparse.") for key in records):
        raise DatasetInvalid("the archive holds a sparse file; pack it without --sparse")
    said = {key: records[key] for key in ("path", "size") if key in records}
    if said and info.type == PAX_FOR_ALL:
        raise DatasetInvalid("the archive gives one name or size to all its files")
    return said


def _records(body: bytes) -> Iterator[tuple[str, str]]:
    """Each is `LENGTH KEY=VALUE` and a line break, of LENGTH bytes."""
    start = 0
    while start < len(body):
        space = body.find(b" ", start, start + 10)
        length = body[start:space]
        end = start + int(length) if space > 0 and length.isdigit() else 0
        key, equals, value = body[space + 1 : end - 1].partition(b"=")
        if not space < end <= len(body) or not equals or body[end - 1 : end] != b"\n":
            raise DatasetInvalid("the archive has a header that cannot be read")
        yield key.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape")
        start = end


def _refuse_rest(stream: Stream) -> None:
    """Also reads to the end, which is where gzip keeps its checksum."""
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > LONGEST_PADDING or any(chunk):
            raise DatasetInvalid("the archive goes on after its end")


def _exactly(stream: Stream, size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError("it ends too early")
    return found
