"""Artifacts as files, named by the sha256 of their content."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ArtifactStore:
    folder: Path

    def put(self, content: bytes) -> str:
        reference = hashlib.sha256(content).hexdigest()
        path = self._path(reference)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, content)
        return reference

    def get(self, reference: str) -> bytes:
        return self._path(reference).read_bytes()

    def _write(self, path: Path, content: bytes) -> None:
        # A half-written file must never carry the name of the whole.
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise

    def _path(self, reference: str) -> Path:
        return self.folder / reference[:2] / reference
