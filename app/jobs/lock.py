"""A lock that dies with its process: within one home it tells at once whether a run is still being run."""

import contextlib
import fcntl
from collections.abc import Generator
from pathlib import Path

from graph.errors import RunFailed


@contextlib.contextmanager
def locked(file: Path, run: str) -> Generator[None]:
    """Raises RunFailed when another process of this home runs it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunFailed(f"{run} is being run by another process") from error
        yield


def is_locked(file: Path) -> bool:
    try:
        with file.open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
