import errno
import os
import stat
from pathlib import Path

import pytest
from fakes.archives import zipped

from app.client.bundle import refuse_taken, save, unpack, workplace
from app.client.errors import BundleRefused

GOOD = {"result.json": b"{}", "candidates/v1/program.py": b"print()"}


def fetched(tmp_path: Path, archive: bytes, target: Path) -> None:
    save([archive[:10], archive[10:]], tmp_path / "bundle.zip")
    unpack(tmp_path / "bundle.zip", target)


def test_it_appears_whole_in_place_of_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "job"
    fetched(tmp_path, zipped(GOOD | {"old.txt": b"old"}), target)
    fetched(tmp_path, zipped(GOOD), target)
    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == set(GOOD)
    assert {path.name for path in tmp_path.iterdir()} == {"bundle.zip", "job"}


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\x", "a\x1b"])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleRefused, match="does not belong there"):
        fetched(tmp_path, zipped({name: b"1"}), tmp_path / "job")
    assert {path.name for path in tmp_path.iterdir()} == {"bundle.zip"}


def test_no_link_is_made(tmp_path: Path) -> None:
    with pytest.raises(BundleRefused):
        fetched(tmp_path, zipped({"a": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), tmp_path / "job")


def test_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(BundleRefused, match="damaged"):
        fetched(tmp_path, zipped(GOOD)[:-9], tmp_path / "job")


def test_what_lies_there_stays_unless_it_is_a_result(tmp_path: Path) -> None:
    other, result, file = tmp_path / "other", tmp_path / "result", tmp_path / "file.zip"
    for folder, name in ((other, "thesis.tex"), (result, "result.json")):
        folder.mkdir()
        (folder / name).touch()
    file.touch()
    for target, replace, is_zip in (
        (other, True, False),
        (result, False, False),
        (file, False, True),
        (file, True, False),
    ):
        with pytest.raises(BundleRefused):
            refuse_taken(target, replace=replace, is_zip=is_zip)
    refuse_taken(result, replace=True, is_zip=False)
    refuse_taken(file, replace=True, is_zip=True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_where_nothing_can_be_written_it_says_so_of_the_place_that_was_named(tmp_path: Path, number: int) -> None:
    target = tmp_path / "job"
    with (
        pytest.raises(BundleRefused, match=f"^{target}: .*{os.strerror(number)}") as refused,
        workplace(target) as part,
    ):
        raise OSError(number, os.strerror(number), str(part / "bundle.zip"))
    assert ".fetching-" not in str(refused.value) and not any(tmp_path.iterdir())


def test_a_file_gets_the_rights_that_any_other_gets(tmp_path: Path) -> None:
    save([b"1"], tmp_path / "job.zip")
    (tmp_path / "other").touch()
    assert (tmp_path / "job.zip").stat().st_mode == (tmp_path / "other").stat().st_mode
