"""The folder that a program is given to read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sandbox.errors import InputUnusable

MOUNTS = Path("/proc/self/mountinfo")


def refuse_unusable(folder: Path, *, other_user: bool) -> None:
    """Raises InputUnusable, naming the first thing that stands in the way.

    `other_user`: the program runs as nobody we know, so it may read what is open to all, and no more. Access
    lists are not looked at. The folders above do not matter: only `folder` itself is mounted inside.
    """
    if not folder.is_dir():
        raise InputUnusable(f"{folder}: no such folder")
    try:
        _refuse_mounts_below(folder)
        if other_user:
            _refuse_closed(folder)
    except OSError as error:
        raise InputUnusable(f"{folder} cannot be read: {error}") from error


def _refuse_mounts_below(folder: Path) -> None:
    # On older engines a read-only mount does not cover the mounts below it: the program could write there.
    root = folder.resolve()
    for mounted in mount_points():
        if mounted != root and mounted.is_relative_to(root):
            raise InputUnusable(f"{folder}: {mounted} is mounted below it; unmount it or give a folder without mounts")


def mount_points() -> list[Path]:
    if not MOUNTS.exists():  # not Linux: the engine runs in a machine of its own
        return []
    # A space in a path stands there as \040.
    return [
        Path(line.split(b" ")[4].decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape"))
        for line in MOUNTS.read_bytes().splitlines()
    ]


def _refuse_closed(folder: Path) -> None:
    for path, mode in entries(folder):
        needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
        if mode & needed != needed:
            raise InputUnusable(f"{path} is closed to the user that programs run as. Run: chmod -R o+rX {folder}")


def entries(folder: Path) -> Iterator[tuple[str, int]]:
    """The folder itself and the files and folders below it, each with its mode; links are not followed."""
    yield str(folder), folder.stat().st_mode
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            for entry in found:
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    waiting.append(entry.path)
                if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
                    yield entry.path, mode
