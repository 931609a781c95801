"""Can it be written there? Asked before a run, since an answer after it comes too late."""

import contextlib
import tempfile
from pathlib import Path

from graph.errors import TaskInvalid


def refuse_unwritable_file(option: str, file: Path) -> None:
    """Raises TaskInvalid."""
    if file.is_dir():
        raise TaskInvalid(f"{option} {file}: it is a folder; name a file")
    if not file.resolve().parent.is_dir():
        raise TaskInvalid(f"{option} {file}: its folder does not exist")
    _try(option, file, file.resolve().parent)


def refuse_unwritable_folder(option: str, folder: Path) -> None:
    """Leaves nothing behind. Raises TaskInvalid."""
    if folder.is_dir():
        _try(option, folder, folder)
        return
    if folder.exists():
        raise TaskInvalid(f"{option} {folder}: it is a file; name a folder")
    missing = [path for path in (folder.absolute(), *folder.absolute().parents) if not path.exists()]
    try:
        for path in reversed(missing):
            path.mkdir()
    except OSError as error:
        raise TaskInvalid(f"{option} {folder}: it cannot be made: {error.strerror}") from error
    finally:
        for path in missing:
            with contextlib.suppress(OSError):
                path.rmdir()


def _try(option: str, target: Path, folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TaskInvalid(f"{option} {target}: it cannot be written: {error.strerror}") from error
