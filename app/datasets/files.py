"""Which files of a folder a pattern means, without ever leaving the folder."""

import os
from collections.abc import Iterable
from pathlib import Path

from graph.errors import DatasetInvalid

DESCRIPTION = "dataset.yaml"


def find(folder: Path, globs: Iterable[str]) -> tuple[str, ...]:
    """Paths relative to `folder` (with slashes, sorted) of the plain files that a glob matches.

    Hidden files and descriptions are left out.

    Raises:
        DatasetInvalid: a link leads out of the folder, or a name is not UTF-8.
    """
    found = {path for glob in globs for path in folder.glob(glob)}
    return tuple(sorted(_relative(folder, path) for path in found if _usable(folder, path)))


def inside(folder: Path, path: Path) -> Path:
    """Where `path` really lies, all links followed.

    Raises:
        DatasetInvalid: that is not inside `folder`.
    """
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(folder):
        raise DatasetInvalid(f"{_relative(folder, path)} is a link that leaves the dataset's folder")
    return real


def _usable(folder: Path, path: Path) -> bool:
    parts = path.relative_to(folder).parts
    if any(part.startswith(".") for part in parts) or path.name == DESCRIPTION:
        return False
    return inside(folder, path).is_file()


def _relative(folder: Path, path: Path) -> str:
    relative = path.relative_to(folder).as_posix()
    try:
        relative.encode()
    except UnicodeEncodeError:
        raise DatasetInvalid(f"the name of a file is not UTF-8: {relative!a}") from None
    return relative
