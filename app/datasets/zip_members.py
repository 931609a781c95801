"""The members of a zip archive."""

import stat
from collections.abc import Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from app.datasets.caps import Meter
from app.datasets.members import CHUNK, Member, quoted
from app.datasets.zip_layout import refuse_odd_layout, refuse_overlaps
from graph.errors import DatasetInvalid

ENCRYPTED, UTF8 = 0x2041, 0x800


def zip_members(file: IO[bytes], meter: Meter) -> Iterator[Member]:
    """Raises DatasetInvalid, UploadTooLarge; what zipfile and zlib raise where it is damaged."""
    directory = refuse_odd_layout(file, meter)
    with ZipFile(file) as archive:
        infos = archive.infolist()
        refuse_overlaps(file, infos, directory)
        for info in infos:
            yield _member(archive, info)


def _member(archive: ZipFile, info: ZipInfo) -> Member:
    name = _name(info)
    problem = _problem(info, name)
    if problem:
        raise DatasetInvalid(f"the archive holds {problem}: {quoted(name)}")
    return Member(name, name.endswith("/"), _content(archive, info))


def _name(info: ZipInfo) -> str:
    # As it stands there: `filename` ends at a NUL. Many programs write UTF-8 without saying so.
    if info.flag_bits & UTF8:
        return info.orig_filename
    return info.orig_filename.encode("cp437").decode("utf-8", "surrogateescape")


def _problem(info: ZipInfo, name: str) -> str | None:
    kind, is_folder = stat.S_IFMT(info.external_attr >> 16), name.endswith("/")
    found = [
        (kind == stat.S_IFLNK, "a symbolic link"),
        (kind not in (0, stat.S_IFREG, stat.S_IFDIR), "a device, FIFO or socket"),
        (info.flag_bits & ENCRYPTED, "an encrypted file"),
        # The others may unpack a few bytes to gigabytes in one step.
        (info.compress_type not in (ZIP_STORED, ZIP_DEFLATED), "a file that is not packed by deflate"),
        (is_folder and info.file_size, "a folder with content of its own"),
        (kind == stat.S_IFDIR and not is_folder, "a folder that is named like a file"),
    ]
    return next((problem for wrong, problem in found if wrong), None)


def _content(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as file:
        while chunk := file.read(CHUNK):
            yield chunk
