"""A folder as the bytes of a tar.gz archive, made while they are sent: no copy of it in memory or on the disk."""

import tarfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.client.errors import FolderRefused

DESCRIPTION = "dataset.yaml"
CHUNK = 1 << 20
BLOCK = tarfile.BLOCKSIZE
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Packed:
    name: str
    """In the archive."""
    path: Path
    size: int


def list_files(folder: Path, description: Path | None) -> list[Packed]:
    """What is sent: all but hidden files; `description` as its dataset.yaml. Raises FolderRefused, OSError."""
    named = {path.relative_to(folder).as_posix(): path for path in sorted(plain_files(folder))}
    if description:
        named[DESCRIPTION] = description
    if not named:
        raise FolderRefused(f"{folder}: the folder holds no file")
    return [Packed(name, path, path.stat().st_size) for name, path in named.items()]


def plain_files(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    for path in folder.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(folder).parts) or path.is_dir():
            continue
        # A link may lead to what nobody meant to send.
        if not path.is_file() or not path.resolve().is_relative_to(root):
            raise FolderRefused(f"{path}: a link that leads out of the folder, or no file: remove it first")
        yield path


def tar_gz(files: list[Packed]) -> Generator[bytes]:
    """Raises FolderRefused for a file that changes in the meantime, OSError."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for block in tar(files):
        packed = packer.compress(block)
        if packed:
            yield packed
    yield packer.flush()


def tar(files: list[Packed]) -> Generator[bytes]:
    for file in files:
        info = tarfile.TarInfo(file.name)
        info.size = file.size
        yield info.tobuf(tarfile.PAX_FORMAT)
        yield from content(file)
        yield bytes(-file.size % BLOCK)
    yield bytes(2 * BLOCK)


def content(file: Packed) -> Generator[bytes]:
    left = file.size
    with file.path.open("rb") as opened:
        while chunk := opened.read(min(CHUNK, left)):
            left -= len(chunk)
            yield chunk
    if left:
        raise FolderRefused(f"{file.path}: it became shorter while it was sent")
