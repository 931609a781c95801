"""Artifacts that nobody uses any more: their only name is the one in the store."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = ".counted"
"""From its time on, whoever puts an artifact is counted; what is older may be used by somebody who was not."""
GRACE = 24 * 3600.0
"""Seconds for which an artifact is kept in any case."""


@dataclass(frozen=True)
class Unused:
    files: tuple[Path, ...] = ()
    bytes: int = 0


def begin_counting(folder: Path) -> None:
    mark = folder / MARK
    if not mark.exists():
        mark.touch()


def unused(folder: Path, grace: float = GRACE) -> Unused:
    """The artifacts below `folder` that go, and half-written ones that a crash has left."""
    mark = folder / MARK
    if not mark.exists():
        return Unused()
    found = list(_unused(folder, mark.stat().st_mtime, time.time() - grace))
    return Unused(tuple(path for path, _ in found), sum(size for _, size in found))


def _unused(folder: Path, since: float, before: float) -> Iterator[tuple[Path, int]]:
    for path in folder.glob("??/*"):
        try:
            seen = path.stat()
        except FileNotFoundError:
            continue
        if seen.st_nlink == 1 and since <= seen.st_mtime < before:
            yield path, seen.st_size


def sweep(found: Unused) -> None:
    """Several processes may do so at once, and others put artifacts meanwhile."""
    for path in found.files:
        going = path.with_name(f".going-{path.name.lstrip('.')}")
        try:
            # Under another name nobody can begin to use it between the last look and its end.
            path.rename(going)
            if going.stat().st_nlink > 1:
                going.rename(path)
            else:
                going.unlink()
        except FileNotFoundError:
            continue
