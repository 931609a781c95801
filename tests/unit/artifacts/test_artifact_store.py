from pathlib import Path

import pytest

from app.artifacts.store import ArtifactStore

REFERENCE = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def files(store: ArtifactStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_what_was_put_is_got_by_the_hash_of_its_content(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "artifacts")
    assert store.put(b"abc") == REFERENCE
    assert store.get(REFERENCE) == b"abc"


def test_putting_twice_is_putting_once(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    first = store.put(b"abc")
    before = [(path, path.stat().st_mtime_ns) for path in files(store)]
    assert store.put(b"abc") == first
    assert [(path, path.stat().st_mtime_ns) for path in files(store)] == before
    assert len(before) == 1


def test_nothing_is_content_too(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    assert store.get(store.put(b"")) == b""


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    store = ArtifactStore(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            store.put(b"abc")
    assert files(store) == []
    with pytest.raises(FileNotFoundError):
        store.get(REFERENCE)
    assert store.put(b"abc") == REFERENCE


def test_what_a_crash_left_half_written_is_no_artifact(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    (tmp_path / REFERENCE[:2]).mkdir()
    (tmp_path / REFERENCE[:2] / ".part-abcd").write_bytes(b"a")
    assert store.get(store.put(b"abc")) == b"abc"
