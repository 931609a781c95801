"""Unpacks an archive from a stranger: all of it or nothing, and nothing but plain files below one folder."""

import gzip
import shutil
import struct
import tempfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tarfile import BLOCKSIZE, TarError, TarInfo
from typing import IO
from zipfile import BadZipFile

from app.datasets.caps import Caps, Meter
from app.datasets.members import Member, Parts, Tree, is_junk, parts_of
from app.datasets.tar_members import tar_members
from app.datasets.zip_members import zip_members
from graph.errors import DatasetInvalid

DAMAGE = (BadZipFile, gzip.BadGzipFile, TarError, zlib.error, struct.error, EOFError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Unpacked:
    files: int
    bytes: int


def unpack(archive: Path, into: Path, caps: Caps, watch: Callable[[], None] = lambda: None) -> Unpacked:
    """A zip, tar or tar.gz archive as the new folder `into`, which appears when it is complete.

    A folder that is the archive's only entry is `into` itself. What macOS adds of its own is left out. `watch` is
    called all the time, and may raise to end it.

    Raises:
        DatasetInvalid: it is damaged, or holds what is not taken.
        UploadTooLarge: it holds more than `caps`.
    """
    part = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=into.parent))
    try:
        meter = Meter(caps, archive.stat().st_size, watch)
        with _damage_told(), archive.open("rb") as file:
            _write_all(_members(file, meter), part / "all", meter)
        if not meter.files:
            raise DatasetInvalid("the archive holds no file")
        _top(part / "all").rename(into)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Unpacked(meter.files, meter.bytes)


@contextmanager
def _damage_told() -> Generator[None]:
    try:
        yield
    except DAMAGE as error:
        raise DatasetInvalid(
            f"the archive is damaged or cut short: {str(error)[:200] or type(error).__name__}"
        ) from error


def _members(file: IO[bytes], meter: Meter) -> Iterator[Member]:
    """By what the file holds; what it is called proves nothing."""
    start = file.read(BLOCKSIZE)
    file.seek(0)
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        return zip_members(file, meter)
    if start.startswith(b"\x1f\x8b"):
        return tar_members(gzip.open(file), meter)
    try:
        TarInfo.frombuf(start, "utf-8", "surrogateescape")
    except TarError:
        raise DatasetInvalid("this is no archive that is taken here: send a .zip, .tar.gz or .tar") from None
    return tar_members(file, meter)


def _write_all(members: Iterator[Member], root: Path, meter: Meter) -> None:
    tree = Tree()
    _make(root)
    for member in members:
        parts = parts_of(member.name, meter.caps.depth)
        if is_junk(parts):
            _skip(member, meter)
        elif parts:
            tree.add(parts, is_folder=member.is_folder)
            meter.refuse_many(len(tree))
            _write(member, root, parts, meter)
        elif not member.is_folder:
            raise DatasetInvalid("the archive has a file without a name")


def _skip(member: Member, meter: Meter) -> None:
    for chunk in member.chunks:
        meter.add(len(chunk))


def _write(member: Member, root: Path, parts: Parts, meter: Meter) -> None:
    folders = parts if member.is_folder else parts[:-1]
    for depth in range(1, len(folders) + 1):
        _make(root.joinpath(*folders[:depth]))
    if member.is_folder:
        return
    place = root.joinpath(*parts)
    with place.open("xb") as file:
        for chunk in meter.file(member.name, member.chunks):
            file.write(chunk)
    place.chmod(0o644)


def _make(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir()
        folder.chmod(0o755)


def _top(root: Path) -> Path:
    entries = list(root.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else root
