import os
import shutil
import time
from pathlib import Path

from app.artifacts.store import ArtifactStore
from app.artifacts.sweeping import MARK, sweep, unused


def used_by(tmp_path: Path, run: str) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts", tmp_path / run)


def test_what_a_run_uses_stays_and_what_none_uses_goes(tmp_path: Path) -> None:
    first, second = used_by(tmp_path, "first"), used_by(tmp_path, "second")
    shared, alone = first.put(b"shared"), first.put(b"alone")
    assert second.put(b"shared") == shared
    assert not unused(first.folder, grace=-1).files
    shutil.rmtree(tmp_path / "first")
    found = unused(first.folder, grace=-1)
    assert ([path.name for path in found.files], found.bytes) == ([alone], 5)
    sweep(found)
    sweep(found)
    assert second.get(shared) == b"shared"
    assert [path.name for path in first.folder.glob("??/*")] == [shared]


def test_what_is_young_or_older_than_the_counting_stays(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "artifacts")
    old = store.folder / "ab" / "abcd"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"of a version that did not count")
    os.utime(old, (time.time() - 1000,) * 2)
    used_by(tmp_path, "run").put(b"new")
    shutil.rmtree(tmp_path / "run")
    assert not unused(store.folder).files
    assert len(unused(store.folder, grace=-1).files) == 1
    (store.folder / MARK).unlink()
    assert not unused(store.folder, grace=-1).files


def test_what_is_used_again_at_the_last_moment_is_not_swept(tmp_path: Path) -> None:
    store = used_by(tmp_path, "run")
    reference = store.put(b"abc")
    shutil.rmtree(tmp_path / "run")
    found = unused(store.folder, grace=-1)
    store.put(b"abc")
    sweep(found)
    assert store.get(reference) == b"abc"


def test_a_fork_keeps_what_its_parent_used(tmp_path: Path) -> None:
    parent, child = used_by(tmp_path, "parent"), used_by(tmp_path, "child")
    reference = parent.put(b"abc")
    child.adopt(parent)
    shutil.rmtree(tmp_path / "parent")
    sweep(unused(child.folder, grace=-1))
    assert child.get(reference) == b"abc"
    child.adopt(used_by(tmp_path, "of a run that has put nothing"))
