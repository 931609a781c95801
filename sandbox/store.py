"""What was fetched and built for sandboxes, in folders of this installation."""

import contextlib
import fcntl
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from sandbox.digests import sha256
from sandbox.errors import SandboxUnavailable, WheelSpoiled
from sandbox.record import Backend, Record

READY = ".ready"
"""In each environment that is whole."""
RECORD = TypeAdapter(Record)


@dataclass(frozen=True)
class Store:
    home: Path
    """Absolute."""

    @property
    def wheels(self) -> Path:
        return self.home / "wheels"

    @property
    def environments(self) -> Path:
        return self.home / "environments"

    def records(self, backend: Backend, base: str) -> list[Record]:
        """Those that were built upon `base`; after an update of AutoIOT the older ones do not count."""
        return [record for record in self.all() if (record.backend, record.base) == (backend, base)]

    def all(self) -> list[Record]:
        """Raises SandboxUnavailable for a file that is none of ours."""
        return [read_record(file) for file in sorted(self.environments.glob("*.json"))]

    def save(self, record: Record) -> None:
        self.environments.mkdir(parents=True, exist_ok=True)
        file = self.environments / f"{record.backend}-{record.target.rpartition(':')[2]}.json"
        part = file.with_suffix(".part")
        part.write_bytes(RECORD.dump_json(record, indent=2))
        part.replace(file)

    def fetched(self, record: Record) -> list[Path]:
        """The wheels of `record`. Raises WheelSpoiled unless each is the file that was fetched."""
        files = {self.wheels / name: digest for name, digest in record.wheels.items()}
        for file, digest in files.items():
            if not file.is_file() or sha256(file) != digest:
                raise WheelSpoiled(f"{file} is {'changed' if file.exists() else 'gone'}. Run: {build_command(record)}")
        return list(files)

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Whoever else builds or fetches waits."""
        self.environments.mkdir(parents=True, exist_ok=True)
        self.wheels.mkdir(parents=True, exist_ok=True)
        with (self.environments / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what killed builds left: nobody else is at work."""
        for folder in (*self.wheels.iterdir(), *self.environments.iterdir()):
            if folder.is_dir() and not (folder / READY).is_file():
                shutil.rmtree(folder, ignore_errors=True)


def read_record(file: Path) -> Record:
    try:
        return RECORD.validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SandboxUnavailable(f"{file}: not a record of an environment; remove it") from error


def build_command(record: Record) -> str:
    words = [f"--package '{asked}'" for asked in record.asked]
    return " ".join(["autoiot images build", *(["--backend bubblewrap"] if record.backend != "docker" else []), *words])
