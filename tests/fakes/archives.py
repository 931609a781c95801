"""Archives, small and bad."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable

Fill = dict[str, bytes | None]
"""Content by name; None for a folder."""


def zipped(files: Fill, **more: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zip_info(name, **more)
            archive.writestr(info, content or b"")
    return out.getvalue()


def zip_info(name: str, mode: int = stat.S_IFREG | 0o777, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    # The constructor cuts a name off at a NUL.
    info.filename = info.orig_filename = name
    info.external_attr = 0 if name.endswith("/") else mode << 16
    info.compress_type = method
    return info


def tarred(
    files: Fill,
    change: Callable[[tarfile.TarInfo], None] = lambda info: None,
    form: int = tarfile.PAX_FORMAT,
    said: dict[str, str] | None = None,
) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, pax_headers=said) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.type, info.size = (tarfile.DIRTYPE, 0) if content is None else (tarfile.REGTYPE, len(content))
            info.mode = 0o7777
            change(info)
            archive.addfile(info, io.BytesIO(content or b""))
    return out.getvalue()


def tar_of(kind: bytes, link: str = "a.csv") -> bytes:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = kind, link, 0

    return tarred(
        {"a.csv": b"1", "b": b""}, lambda info: change(info) if info.name == "b" else None, tarfile.GNU_FORMAT
    )


def pax_of(**headers: str) -> bytes:
    return tarred({"a.csv": b"1"}, lambda info: info.pax_headers.update(headers))


def overlapping(copies: int) -> bytes:
    """One member of zeros, which the directory names often: what 42.zip's descendants do."""
    one = zipped({"0": bytes(100_000)})
    end = one.rindex(b"PK\5\6")
    start = one.index(b"PK\1\2")
    directory = one[start:end] * copies
    record = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, copies, copies, len(directory), start, 0)
    return one[:start] + directory + record


def quoting(copies: int) -> bytes:
    """As `overlapping`, with a name of its own for each, whose data starts in the middle of another one."""
    inner = zipped({"z": bytes(50_000)})
    body = inner[: inner.index(b"PK\1\2")]
    outer = zipfile.ZipInfo("q")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(outer, body * copies)
    whole = bytearray(out.getvalue())
    start, end = whole.rindex(b"PK\1\2"), whole.rindex(b"PK\5\6")
    entry = bytearray(inner[inner.index(b"PK\1\2") : inner.rindex(b"PK\5\6")])
    struct.pack_into("<L", entry, 42, whole.index(b"PK\3\4", 4))
    directory = bytes(whole[start:end]) + bytes(entry)
    return bytes(whole[:start]) + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), start, 0)


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content)


def flagged(archive: bytes, flag: int) -> bytes:
    """A zip archive whose first member has a flag set, in both of its headers."""
    changed = bytearray(archive)
    for place in (archive.index(b"PK\3\4") + 6, archive.index(b"PK\1\2") + 8):
        changed[place] |= flag
    return bytes(changed)
