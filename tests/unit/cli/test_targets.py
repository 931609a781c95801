from pathlib import Path

import pytest

from app.cli.targets import refuse_unwritable_file, refuse_unwritable_folder
from graph.errors import TaskInvalid


def test_a_folder_that_can_be_made_leaves_no_trace(tmp_path: Path) -> None:
    refuse_unwritable_folder("--out", tmp_path / "a/b")
    refuse_unwritable_folder("--out", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TaskInvalid, match="cannot be made: Not a directory"):
        refuse_unwritable_folder("--out", tmp_path / "file/a")


def test_a_folder_where_the_kernel_lets_nobody_write() -> None:
    with pytest.raises(TaskInvalid, match="cannot be made"):
        refuse_unwritable_folder("--out", Path("/proc/autoiot"))
    with pytest.raises(TaskInvalid, match="cannot be written"):
        refuse_unwritable_file("--record", Path("/proc/autoiot"))


def test_a_file_that_is_a_folder_or_has_none(tmp_path: Path) -> None:
    with pytest.raises(TaskInvalid, match="it is a folder"):
        refuse_unwritable_file("--record", tmp_path)
    with pytest.raises(TaskInvalid, match="its folder does not exist"):
        refuse_unwritable_file("--record", tmp_path / "a/b")
    refuse_unwritable_file("--record", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
