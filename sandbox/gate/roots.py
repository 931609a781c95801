"""The folders that programs may be given, and where they are on the machine that the engine runs on."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sandbox.gate.refusal import Refused


@dataclass(frozen=True)
class Roots:
    """Each as it is seen here, with its path on the host."""

    folders: Mapping[Path, PurePosixPath]

    def on_the_host(self, source: PurePosixPath) -> PurePosixPath:
        """Raises Refused for what is no folder below one of them, or leads elsewhere by a link."""
        try:
            real = Path(os.path.realpath(source))
            is_folder = real.is_dir()
        except (OSError, ValueError) as error:
            # Root without rights, as in a container, is let in where all are.
            raise Refused(f"bind of {source}: cannot be looked at: {error}") from error
        # A link would be followed on the host, from there to anywhere.
        if real != Path(source) or not is_folder:
            raise Refused(f"bind of {source}: not a folder by its real path")
        # The innermost: another mount may lie below one.
        root = max(
            (root for root in self.folders if real.is_relative_to(root)), key=lambda r: len(r.parts), default=None
        )
        if root is None:
            raise Refused(f"bind of {source}: below no folder that may be given to programs")
        return self.folders[root] / real.relative_to(root)


def of_folders(folders: Iterable[Path]) -> Roots:
    """For a gate that runs on the host itself."""
    return Roots({folder.resolve(): PurePosixPath(folder.resolve()) for folder in folders})


def of_mounts(mounts: Iterable[Mapping[str, Any]], folders: Iterable[Path]) -> Roots:
    """For a gate in a container: those of its own mounts, as the engine tells them, that are `folders` or below."""
    wanted = list(folders)
    found = {Path(mount["Destination"]): PurePosixPath(mount["Source"]) for mount in mounts if mount.get("Source")}
    return Roots({at: host for at, host in found.items() if any(at.is_relative_to(folder) for folder in wanted)})
