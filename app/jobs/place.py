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
    def locked(self, run: str) -> Generator[None]:
        """Raises RunFailed when another process of this home runs it."""
        file = self._lock(run)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RunFailed(f"{run} is being run by another process") from error
            yield

    def is_dead(self, row: RunRow) -> bool:
        """Whether it is `running` only by what the table says: whoever ran it was killed."""
        gone = row.worker.startswith(self.name) and not self._is_locked(row.id)
        return row.status == "running" and (row.heartbeat < silent_since() or gone)

    def _is_locked(self, run: str) -> bool:
        try:
            with self._lock(run).open() as handle:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def _lock(self, run: str) -> Path:
        return self.home / "runs" / run / "lock"
