import io
import tarfile
from pathlib import Path

import pytest

from app.client.errors import FolderRefused
from app.client.pack import CHUNK, list_files, tar_gz


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / ("a" * 120 + "é.csv")).write_bytes(bytes(range(256)) * (CHUNK // 128))
    (folder / "empty.csv").touch()
    (folder / ".env").write_text("SECRET=1")
    return folder


def unpacked(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return {member.name: opened.extractfile(member).read() for member in opened}  # pyright: ignore


def test_it_comes_out_as_it_went_in(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("name: x")
    files = list_files(folder, tmp_path / "other.yaml")
    found = unpacked(b"".join(tar_gz(files)))
    assert found == {
        "empty.csv": b"",
        f"sub/{'a' * 120}é.csv": bytes(range(256)) * (CHUNK // 128),
        "dataset.yaml": b"name: x",
    }


def test_a_file_that_becomes_shorter_is_told(folder: Path) -> None:
    (folder / "b.csv").write_text("1,2")
    files = list_files(folder, None)
    (folder / "b.csv").write_text("1")
    with pytest.raises(FolderRefused, match="became shorter"):
        b"".join(tar_gz(files))


def test_nothing_from_outside_is_sent(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("1")
    (folder / "link.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(FolderRefused, match="leads out"):
        list_files(folder, None)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="no file"):
        list_files(tmp_path, None)
