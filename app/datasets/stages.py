"""Where uploads lie and what is under way there: a killed server leaves marks, by which the next start clears up."""

import asyncio
import contextlib
import fcntl
import secrets
import shutil
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

Outcome = Literal["kept", "dropped", "unknown"]
"""Of the folder. `unknown`: whether the database has it is for the next start to see."""


@dataclass
class Stage:
    """A folder that comes or goes."""

    work: Path
    """For what is only needed meanwhile. That it exists is the mark."""
    folder: Path
    outcome: Outcome


@dataclass(frozen=True)
class Stages:
    """`datasets/TOKEN/NAME` below the home is what was uploaded; `uploads/TOKEN` is there while that comes or goes."""

    home: Path

    @contextlib.asynccontextmanager
    async def open(self, dataset: str | None = None) -> AsyncGenerator[Stage]:
        """Of a new folder, which is dropped, or of a dataset's, which is kept, unless told otherwise."""
        stage = self._stage(_token(dataset) if dataset else secrets.token_hex(8), "kept" if dataset else "dropped")
        with await asyncio.to_thread(self._lock, fcntl.LOCK_SH):
            try:
                for folder in (stage.work, stage.folder):
                    # Not for other users of the machine: there are labels in it.
                    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                yield stage
            finally:
                await asyncio.to_thread(_clear, stage)

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncGenerator[list[Stage]]:
        """What killed servers left. None of it is told of while another server of this home is at work."""
        try:
            lock = await asyncio.to_thread(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield []
            return
        with lock:
            yield [self._stage(entry.name, "dropped") for entry in self._marks.iterdir() if entry.is_dir()]

    def clear(self, left: Iterable[Stage], used: Iterable[str]) -> None:
        """Remove what `left` names, but not the folders of the datasets `used`."""
        tokens = {_token(dataset) for dataset in used}
        for stage in left:
            stage.outcome = "kept" if stage.folder.name in tokens else "dropped"
            _clear(stage)

    def _stage(self, token: str, outcome: Outcome) -> Stage:
        return Stage(self._marks / token, self.home / "datasets" / token, outcome)

    def _lock(self, how: int) -> BinaryIO:
        self._marks.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.ExitStack() as stack:
            file = stack.enter_context((self._marks / "lock").open("ab"))
            fcntl.flock(file, how)
            stack.pop_all()
        return file

    @property
    def _marks(self) -> Path:
        return self.home / "uploads"


def _token(dataset: str) -> str:
    return Path(dataset).parent.name


def _clear(stage: Stage) -> None:
    if stage.outcome == "unknown":
        return
    if stage.outcome == "dropped":
        shutil.rmtree(stage.folder, ignore_errors=True)
    # The mark goes last.
    shutil.rmtree(stage.work, ignore_errors=True)
