from pathlib import Path

import pytest

from sandbox import inputs
from sandbox.errors import InputUnusable
from sandbox.inputs import mount_points, refuse_unusable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Open to all, below a folder that is not."""
    folder = tmp_path / "my data"
    (folder / "day").mkdir(parents=True)
    (folder / "day" / "a.csv").touch()
    for path, mode in ((folder, 0o755), (folder / "day", 0o755), (folder / "day" / "a.csv", 0o644)):
        path.chmod(mode)
    tmp_path.chmod(0o700)
    return folder


def mounts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *points: str) -> None:
    table = tmp_path / "mountinfo"
    table.write_text("".join(f"36 35 98:0 / {point} rw - ext4 /dev/root rw\n" for point in points), encoding="utf-8")
    monkeypatch.setattr(inputs, "MOUNTS", table)


def test_an_open_folder_may_be_used(folder: Path) -> None:
    refuse_unusable(folder, other_user=True)


def test_a_file_is_no_folder(folder: Path) -> None:
    with pytest.raises(InputUnusable, match="no such folder"):
        refuse_unusable(folder / "day" / "a.csv", other_user=False)


@pytest.mark.parametrize(("name", "mode"), [("day/a.csv", 0o640), ("day", 0o750), ("day", 0o754), (".", 0o700)])
def test_what_is_closed_to_others_is_named(folder: Path, name: str, mode: int) -> None:
    (folder / name).chmod(mode)
    with pytest.raises(InputUnusable) as caught:
        refuse_unusable(folder, other_user=True)
    (folder / name).chmod(0o755)
    assert str(caught.value).startswith(f"{folder / name} is closed to the user that programs run as. Run: chmod")
    assert "\n" not in str(caught.value)


def test_a_program_of_the_same_user_reads_what_we_read(folder: Path) -> None:
    (folder / "day" / "a.csv").chmod(0o600)
    refuse_unusable(folder, other_user=False)


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch(mode=0o600)
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "nowhere").symlink_to("missing")
    refuse_unusable(folder, other_user=True)


def test_a_mount_below_is_named(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(monkeypatch, tmp_path, "/", str(folder).replace(" ", r"\040") + "/day")
    with pytest.raises(InputUnusable, match="my data/day is mounted below it"):
        refuse_unusable(folder, other_user=False)


def test_a_folder_that_is_a_mount_itself_may_be_used(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts(monkeypatch, tmp_path, str(folder).replace(" ", r"\040"), str(folder.parent))
    refuse_unusable(folder, other_user=False)


def test_mounts_with_letters_of_all_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(monkeypatch, tmp_path, "/mnt/Gerät", r"/mnt/a\134b")
    assert mount_points() == [Path("/mnt/Gerät"), Path("/mnt/a\\b")]


def test_where_there_is_no_table_of_mounts(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "MOUNTS", tmp_path / "none")
    refuse_unusable(folder, other_user=True)
