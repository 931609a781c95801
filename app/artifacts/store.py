"""Artifacts as files, named by the sha256 of their content."""

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.artifacts.sweeping import begin_counting


@dataclass(frozen=True)
class ArtifactStore:
    folder: Path
    uses: Path | None = None
    """Of one user: a folder with a hard link to each artifact that was put by it. Where it goes, so do its claims."""

    def put(self, content: bytes) -> str:
        reference = hashlib.sha256(content).hexdigest()
        path = self._path(reference)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, content)
        if self.uses:
            self._use(path, content, self.uses)
        return reference

    def get(self, reference: str) -> bytes:
        return self._path(reference).read_bytes()

    def adopt(self, other: "ArtifactStore") -> None:
        """Use all that another user has put."""
        for link in other.uses.iterdir() if other.uses and other.uses.is_dir() else ():
            self.put(link.read_bytes())

    def _use(self, path: Path, content: bytes, uses: Path) -> None:
        begin_counting(self.folder)
        uses.mkdir(parents=True, exist_ok=True)
        try:
            with contextlib.suppress(FileExistsError):
                (uses / path.name).hardlink_to(path)
        except FileNotFoundError:
            # Swept a moment ago: nobody had used it.
            self._write(path, content)
            self._use(path, content, uses)

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
