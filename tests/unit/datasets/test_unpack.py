"""Archives from strangers: taken whole, or refused in one line with nothing left."""

import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.archives import (
    flagged,
    gzipped,
    overlapping,
    pax_of,
    quoting,
    tar_of,
    tarred,
    zipped,
)

from app.datasets.caps import Caps
from app.datasets.errors import UploadTooLarge
from app.datasets.unpack import Unpacked, unpack
from graph.errors import AutoiotError, DatasetInvalid

CAPS = Caps(archive=10**6, total=200_000, file=100_000, members=12, depth=4, ratio=100, slack=50_000)
GOOD = {"data/dataset.yaml": b"name: x", "data/labels/a.csv": b"t\n1\n", "data/empty/": None}


def unpacked(content: bytes, folder: Path) -> Unpacked:
    archive = folder / "archive"
    archive.write_bytes(content)
    return unpack(archive, folder / "into", CAPS)


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize(
    "content",
    [
        zipped(GOOD),
        tarred(GOOD),
        gzipped(tarred(GOOD)),
        tarred(GOOD, form=tarfile.GNU_FORMAT),
        tarred(GOOD, form=tarfile.USTAR_FORMAT),
        gzipped(tarred({f"./{name}": content for name, content in GOOD.items()})),
        zipped(GOOD | {"__MACOSX/data/._a.csv": b"junk", "data/.DS_Store": b"junk"}),
        tarred(GOOD | {"__MACOSX/": None, "data/.DS_Store": b"junk"}),
        zipped(GOOD)[:-2] + b"\5\0hello",
        tarred(GOOD, lambda info: info.pax_headers.update(comment="x" * 600)),
        tarred(GOOD, said={"comment": "as git archive writes it"}),
    ],
)
def test_what_is_taken(content: bytes, tmp_path: Path) -> None:
    found = unpacked(content, tmp_path)
    assert found == Unpacked(files=2, bytes=11)
    assert tree(tmp_path / "into") == {
        "dataset.yaml": b"name: x",
        "labels": None,
        "labels/a.csv": b"t\n1\n",
        "empty": None,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "into"]


@pytest.mark.parametrize("content", [zipped(GOOD), tarred(GOOD)])
def test_nothing_is_executable_and_folders_can_be_entered(content: bytes, tmp_path: Path) -> None:
    unpacked(content, tmp_path)
    for path in (tmp_path / "into", *(tmp_path / "into").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644)


def test_two_folders_at_the_top_stay_and_archives_in_it_too(tmp_path: Path) -> None:
    inner = zipped(GOOD)
    unpacked(zipped({"a/x": b"1", "b/inner.zip": inner}), tmp_path)
    assert tree(tmp_path / "into") == {"a": None, "a/x": b"1", "b": None, "b/inner.zip": inner}


def test_a_file_that_is_alone_at_the_top_stays_one(tmp_path: Path) -> None:
    unpacked(zipped({"only.csv": b"1"}), tmp_path)
    assert tree(tmp_path / "into") == {"only.csv": b"1"}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_and_foreign_names(form: int, tmp_path: Path) -> None:
    name = "messung-ä-" + "x" * 150 + ".csv"
    unpacked(tarred({name: b"1", "b": b"2"}, form=form), tmp_path)
    assert tree(tmp_path / "into") == {name: b"1", "b": b"2"}


def test_a_zip_that_writes_utf8_without_saying_so(tmp_path: Path) -> None:
    whole = zipped({"ä.csv": b"1", "b": b""})
    unpacked(bytes(whole).replace(b"\0\x08\x08\0", b"\0\x00\x08\0"), tmp_path)
    assert "ä.csv" in tree(tmp_path / "into")


NAMES = {
    "absolute": "/etc/passwd",
    "has '..' in it": "a/../../b",
    "begins with a drive letter": "C:/a",
    "has a backslash": "a\\b",
    "has characters that cannot be printed": "a\nb",
    "has a part of more than 255 bytes": "a/" + "ä" * 128,
    "has more than 1024 bytes": "a" * 1025,
    "lies more than 4 folders deep": "a/b/c/d/e",
}


@pytest.mark.parametrize("pack", [zipped, tarred, lambda files: gzipped(tarred(files))])
@pytest.mark.parametrize(("problem", "name"), NAMES.items())
def test_names_that_are_not_taken(
    pack: Callable[[dict[str, bytes | None]], bytes], problem: str, name: str, tmp_path: Path
) -> None:
    refused(pack({"good.csv": b"1", name: b"2"}), problem, tmp_path)


COLLISIONS: list[tuple[str, list[str]]] = [
    ("differ only by case", ["data/A.csv", "data/a.csv"]),
    ("differ only by case", ["Data/a.csv", "data/b.csv"]),
    ("or Unicode form", ["\u00e4.csv", "a\u0308.csv"]),
    ("or Unicode form", ["stra\u00dfe", "strasse"]),
    ("a file and a folder", ["a", "a/b"]),
    ("a file and a folder", ["a/b", "a"]),
    ("a file and a folder", ["a", "a/"]),
    ("more than 12 files and folders", [str(number) for number in range(13)]),
    ("more than 12 files and folders", [f"{number}/a/x" for number in range(5)]),
]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(("problem", "names"), COLLISIONS)
def test_names_that_do_not_go_together(
    pack: Callable[[dict[str, bytes | None]], bytes], problem: str, names: list[str], tmp_path: Path
) -> None:
    refused(pack({name: None if name.endswith("/") else b"1" for name in names}), problem, tmp_path)


def twice(tar: bytes) -> bytes:
    return tar[:1024] * 2 + bytes(1024)


def big_in_little(size: int) -> bytes:
    """A header that says less than there is."""
    whole = bytearray(zipped({"a": bytes(size)}))
    for place in (22, whole.index(b"PK\1\2") + 24):
        whole[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(whole)


ZIP, TAR = zipped(GOOD), tarred(GOOD)
GZ = gzipped(TAR)
OTHERS: list[tuple[str, bytes]] = [
    ("a symbolic link", zipped({"a": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777)),
    ("a device, FIFO or socket", zipped({"a": b""}, mode=stat.S_IFIFO | 0o644)),
    ("a folder that is named like a file", zipped({"a": b""}, mode=stat.S_IFDIR | 0o755)),
    ("a folder with content", zipped({"a/": b"1"})),
    ("an encrypted file", flagged(ZIP, 1)),
    ("not packed by deflate", zipped({"a": b"1"}, method=zipfile.ZIP_LZMA)),
    ("not packed by deflate", zipped({"a": b"1"}, method=zipfile.ZIP_BZIP2)),
    ("cannot be printed", zipped({"a\0.csv": b"1"})),
    ("not UTF-8", zipped({"aXX.csv": b"1"}).replace(b"aXX", b"a\xff\xfe")),
    ("not UTF-8", tarred({"a": b"1"}, lambda info: setattr(info, "name", "a\udcff"), tarfile.GNU_FORMAT)),
    ("overlap", overlapping(5)),
    ("overlap", quoting(3)),
    ("more than 12 files and folders", overlapping(500)),
    ("taken here", b"#!/bin/sh\n" + ZIP),
    ("within its directory", ZIP[:4] + b"more" + ZIP[4:]),
    ("goes on after its end", ZIP + b"more"),
    ("cut short", ZIP[:-30]),
    ("cut short", ZIP[:40]),
    ("damaged", big_in_little(90)),
    ("damaged", ZIP[:50] + b"\xff" + ZIP[51:]),
    ("holds no file", zipped({})),
    ("holds no file", zipped({"a/": None})),
    ("holds no file", zipped({"__MACOSX/a": b"1"})),
    ("holds no file", tarred({"./": None})),
    ("a symbolic link", tar_of(tarfile.SYMTYPE, "/etc/passwd")),
    ("a hard link", tar_of(tarfile.LNKTYPE)),
    ("a device", tar_of(tarfile.CHRTYPE)),
    ("a device", tar_of(tarfile.BLKTYPE)),
    ("a FIFO", tar_of(tarfile.FIFOTYPE)),
    ("a sparse file", tar_of(tarfile.GNUTYPE_SPARSE)),
    ("no plain file", tar_of(b"V")),
    ("holds a link", tar_of(tarfile.SYMTYPE, "x" * 200)),
    ("a sparse file", pax_of(**{"GNU.sparse.major": "1", "GNU.sparse.size": "9"})),
    ("an impossible size", pax_of(size="-5")),
    ("one name or size to all", tarred({"a": b"1"}, said={"path": "b"})),
    ("has '..' in it", pax_of(path="../../a")),
    ("cannot be printed", pax_of(path="a\0b")),
    ("twice", twice(tarred({"a": b"1"}))),
    ("goes on after its end", TAR + TAR),
    ("goes on after its end", TAR + b"more"),
    ("goes on after its end", TAR + bytes(2_000_000)),
    ("damaged or cut short", TAR[:1800]),
    ("damaged or cut short", TAR[: len(TAR) // 512 * 512 - 9000]),
    ("damaged or cut short", TAR[:1024] + b"\xff" * 512 + TAR[1536:]),
    ("damaged or cut short", GZ[:-4]),
    ("damaged or cut short", GZ[:-8] + bytes(8)),
    ("damaged or cut short", GZ[: len(GZ) // 2]),
    ("damaged or cut short", GZ + b"garbage"),
    ("damaged or cut short", gzipped(b"no tar at all")),
    ("taken here", b""),
    ("taken here", b"just text"),
    ("taken here", b"7z\xbc\xaf\x27\x1c" + bytes(600)),
]


@pytest.mark.parametrize(("problem", "content"), OTHERS)
def test_what_else_is_refused(problem: str, content: bytes, tmp_path: Path) -> None:
    refused(content, problem, tmp_path)


BOMBS: list[tuple[str, bytes]] = [
    ("more than 100 times its size", zipped({"a": bytes(90_000)})),
    ("more than 100 times its size", gzipped(tarred({"a": bytes(90_000)}))),
    ("more than 100 times its size", gzipped(tarred({".DS_Store": bytes(90_000)}))),
    ("is larger than 100000 bytes", tarred({"a": bytes(100_001)})),
    ("unpacks to more than 200000 bytes", tarred({"a": bytes(90_000), "b": bytes(90_000), "c": bytes(90_000)})),
    (
        "unpacks to more than 200000 bytes",
        tarred({"a": b"1"}, lambda info: info.pax_headers.update(comment="x" * 300_000)),
    ),
    ("impossible length", gzipped(tarred({"a": b"1"}, lambda info: info.pax_headers.update(comment="x" * 2_000_000)))),
]


@pytest.mark.parametrize(("problem", "content"), BOMBS)
def test_bombs(problem: str, content: bytes, tmp_path: Path) -> None:
    refused(content, problem, tmp_path)


def test_whoever_watches_can_end_it(tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(ZIP)

    def full() -> None:
        raise UploadTooLarge("no room")

    with pytest.raises(UploadTooLarge, match="no room"):
        unpack(tmp_path / "archive", tmp_path / "into", CAPS, full)
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def refused(content: bytes, problem: str, folder: Path) -> None:
    with pytest.raises(AutoiotError, match=problem) as error:
        unpacked(content, folder)
    assert isinstance(error.value, DatasetInvalid | UploadTooLarge)
    assert len(str(error.value).splitlines()) == 1
    assert [path.name for path in folder.iterdir()] == ["archive"]
