"""How a zip archive is laid out, checked before the standard library reads all of its directory into memory."""

import struct
from collections.abc import Iterable
from typing import IO
from zipfile import ZipInfo

from app.datasets.caps import MIB, Meter
from graph.errors import DatasetInvalid

END, END64, LOCATOR = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
ENTRY, LOCAL = struct.Struct("<4s24x3H12x"), struct.Struct("<4s22x2H")
LONGEST_COMMENT = 65_535
LARGEST_DIRECTORY = 64 * MIB


def refuse_odd_layout(file: IO[bytes], meter: Meter) -> int:
    """Where the directory begins. Raises DatasetInvalid, UploadTooLarge."""
    size = file.seek(0, 2)
    start = max(0, size - END.size - LONGEST_COMMENT)
    tail = _at(file, start, size - start)
    found = tail.rfind(b"PK\5\6")
    if not 0 <= found <= len(tail) - END.size:
        raise DatasetInvalid("the archive is cut short: it has no directory")
    *_, length, offset, comment = END.unpack_from(tail, found)
    end = start + found
    if end + END.size + comment != size:
        raise DatasetInvalid("the archive goes on after its end")
    end, length, offset = _wide(file, end) or (end, length, offset)
    if offset + length != end:
        raise DatasetInvalid("the archive has data before or within its directory")
    if length > LARGEST_DIRECTORY:
        raise DatasetInvalid(f"the archive has a directory of more than {LARGEST_DIRECTORY // MIB} MB")
    meter.member(_count(_at(file, offset, length)))
    return offset


def _wide(file: IO[bytes], end: int) -> tuple[int, int, int] | None:
    """End, length and offset of the directory as the zip64 record has them, where there is one."""
    place = end - LOCATOR.size
    if place < END64.size or _at(file, place, 4) != b"PK\6\7":
        return None
    place -= END64.size
    signature, *_, length, offset = END64.unpack(_at(file, place, END64.size))
    if signature != b"PK\6\6":
        raise DatasetInvalid("the archive has no zip64 directory where it says")
    return place, length, offset


def _count(directory: bytes) -> int:
    place = count = 0
    while place < len(directory):
        if len(directory) - place < ENTRY.size or not directory.startswith(b"PK\1\2", place):
            raise DatasetInvalid("the archive has a directory that cannot be read")
        place += ENTRY.size + sum(ENTRY.unpack_from(directory, place)[1:])
        count += 1
    return count


def refuse_overlaps(file: IO[bytes], infos: Iterable[ZipInfo], directory: int) -> None:
    """Raises DatasetInvalid where two members share bytes, which is how a small archive holds petabytes."""
    free = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        header = _at(file, info.header_offset, LOCAL.size)
        if len(header) < LOCAL.size or not header.startswith(b"PK\3\4"):
            raise DatasetInvalid("the archive is damaged: its directory names a file that is not there")
        if free == 0 and info.header_offset > 0:
            raise DatasetInvalid("the archive has data before its first file")
        if info.header_offset < free:
            raise DatasetInvalid("the archive has files that overlap, as bombs do")
        free = info.header_offset + LOCAL.size + sum(LOCAL.unpack(header)[1:]) + info.compress_size
        if free > directory:
            raise DatasetInvalid("the archive has files that overlap its directory")


def _at(file: IO[bytes], place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)
