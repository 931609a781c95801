"""Which folders of the server may be registered as datasets."""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from graph.errors import DatasetInvalid


@dataclass(frozen=True)
class Roots:
    allowed: tuple[Path, ...]
    home: Path

    def admit(self, folder: Path) -> Path:
        """Where it really lies. Raises DatasetInvalid."""
        if not self.allowed:
            raise DatasetInvalid("no folder may be registered here: set AUTOIOT_DATASET_ROOTS, or upload an archive")
        real = self._real(folder)
        if not _is_folder(real):
            raise DatasetInvalid(f"{folder}: there is no such folder on the server")
        if not os.access(real, os.R_OK | os.X_OK):
            raise DatasetInvalid(f"{folder}: the server may not read it")
        return real

    def _real(self, folder: Path) -> Path:
        """Raises DatasetInvalid where that is not below an allowed root, or where the server keeps its own files."""
        if not folder.is_absolute() or not _is_nameable(str(folder)):
            raise DatasetInvalid(f"{str(folder)!a}: give an absolute path")
        real, home = _resolved(folder), _resolved(self.home)
        if not _below(real, (_resolved(root) for root in self.allowed)):
            raise DatasetInvalid(f"{folder}: it is not below a folder of AUTOIOT_DATASET_ROOTS")
        if real.is_relative_to(home) or home.is_relative_to(real):
            raise DatasetInvalid(f"{folder}: the server keeps its own files there")
        return real

    def moved(self, folder: Path) -> bool:
        """Whether one that was admitted would not be any more."""
        try:
            return self.admit(folder) != folder
        except DatasetInvalid:
            return True


def _is_nameable(path: str) -> bool:
    """Half a character, which JSON can hold, is in no file system, database or answer."""
    try:
        return b"\0" not in path.encode()
    except UnicodeEncodeError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # e.g. a name that is too long
        return False


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _below(path: Path, roots: Iterable[Path]) -> bool:
    return any(path != root and path.is_relative_to(root) for root in roots)


def size_up(folder: Path) -> tuple[int, int]:
    """Files and bytes below a folder; links are not followed."""
    files = size = 0
    for above, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # it may just have gone
                size += Path(above, name).lstat().st_size
                files += 1
    return files, size
