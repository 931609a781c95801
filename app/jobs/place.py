"""This home among all that use the database. A lock in it dies with its process, and so tells at once who is gone."""

import contextlib
import fcntl
import os
import socket
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from app.db.tables import RunRow
from app.jobs.heartbeat import silent_since
from graph.errors import RunFailed


@dataclass(frozen=True)
class Place:
    home: Path

    @property
    def name(self) -> str:
        """What the names of all workers of this home begin with."""
        return f"{socket.gethostname()}:{self.home}#"

    @property
    def worker(self) -> str:
        """This process."""
        return f"{self.name}{os.getpid()}"

    @contextlib.contextmanager
    def locked(self, run: str, attempt: int) -> Generator[None]:
        """Held during one attempt at it. Raises RunFailed when another process of this home makes that attempt."""
        file = self._lock(run, attempt)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RunFailed(f"{run} is being run by another process") from error
            try:
                yield
            finally:
                file.unlink(missing_ok=True)

    def is_dead(self, row: RunRow) -> bool:
        """Whether it is `running` only by what the table says: whoever ran it was killed."""
        return row.status == "running" and (row.heartbeat < silent_since() or self.is_gone(row))

    def is_gone(self, row: RunRow) -> bool:
        """Whether it was a process of this home that ran it, and it has ended."""
        return row.worker.startswith(self.name) and not self._is_locked(row)

    def _is_locked(self, row: RunRow) -> bool:
        try:
            with self._lock(row.id, row.attempt).open() as handle:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def _lock(self, run: str, attempt: int) -> Path:
        # One for each attempt: a process that sleeps holds its own for as long as it likes.
        return self.home / "runs" / run / f"lock-{attempt}"
