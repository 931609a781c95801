"""The folder that a program is given to read."""

from pathlib import Path

from sandbox.errors import InputUnusable


def refuse_unusable(folder: Path) -> None:
    """Raises InputUnusable for a folder that is missing, or under which something else is mounted.

    A read-only bind mount does not cover the mounts below it on older engines: the program could write there.
    """
    if not folder.is_dir():
        raise InputUnusable(f"{folder}: no such folder")
    root = folder.resolve()
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        mounted = Path(line.split()[4].encode().decode("unicode_escape"))
        if mounted != root and mounted.is_relative_to(root):
            raise InputUnusable(f"{folder}: {mounted} is mounted below it; unmount it or give a folder without mounts")
