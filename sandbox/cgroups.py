"""Limits that the kernel keeps over all processes of one run together: for bubblewrap, which has none.

Needs a writable /sys/fs/cgroup, as root has it outside of containers. The first version of cgroups has a tree
for each controller, the second has one for all.
"""

import contextlib
import logging
import os
import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxStuck
from sandbox.limits import MIB, Limits
from sandbox.server import is_dead, this_server

ROOT = Path("/sys/fs/cgroup")
OURS = "autoiot"
CONTROLLERS = ("memory", "pids", "cpu")
PERIOD = 100_000
SECONDS_TO_DIE = 10.0
BUBBLEWRAP = 1
"""A process of its own that waits outside and is counted along."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cgroup:
    folders: dict[str, Path]
    """Where the program finds it -> where it is."""

    @property
    def joins(self) -> list[str]:
        """Whoever writes 0 into these is in."""
        return [str(folder / "cgroup.procs") for folder in self.folders.values()]

    def oom_kills(self) -> int:
        for folder in self.folders.values():
            for name in ("memory.oom_control", "memory.events"):
                with contextlib.suppress(OSError):
                    for line in (folder / name).read_text().splitlines():
                        if line.startswith("oom_kill "):
                            return int(line.split()[1])
        return 0

    def remove(self) -> None:
        """Raises SandboxStuck when a process in it does not end."""
        for folder in self.folders.values():
            remove_folder(folder)


def create(owner: str, limits: Limits, root: Path = ROOT) -> Cgroup | None:
    """A group for one run of this installation, or none where the kernel does not let us."""
    name = f"{owner}@{this_server()}@{secrets.token_hex(6)}"
    made: dict[str, Path] = {}
    try:
        for shown, folder, settings in layout(root, name, limits):
            folder.mkdir(parents=True)
            made[shown] = folder
            for file, value in settings.items():
                (folder / file).write_text(value)
    except OSError:
        Cgroup(made).remove()
        return None
    return Cgroup(made)


def layout(root: Path, name: str, limits: Limits) -> list[tuple[str, Path, dict[str, str]]]:
    memory, pids = str(limits.memory_mb * MIB), str(limits.pids + BUBBLEWRAP)
    quota = int(limits.cpus * PERIOD)
    if (root / "cgroup.controllers").exists():
        _delegate(root)
        together = {
            "memory.max": memory,
            "memory.swap.max": "0",
            "pids.max": pids,
            "cpu.max": f"{quota} {PERIOD}",
        }
        return [(str(ROOT), root / OURS / name, together)]
    # With swap counted in and the same limit, there is none; in this order, as one may not be below the other.
    swap = "memory.memsw.limit_in_bytes"
    without = {swap: memory} if (root / "memory" / swap).exists() else {"memory.swappiness": "0"}
    apart = {
        "memory": {"memory.limit_in_bytes": memory} | without,
        "pids": {"pids.max": pids},
        "cpu": {"cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": str(quota)},
    }
    return [(str(ROOT / kind), root / kind / OURS / name, settings) for kind, settings in apart.items()]


def _delegate(root: Path) -> None:
    (root / OURS).mkdir(exist_ok=True)
    for folder in (root, root / OURS):
        (folder / "cgroup.subtree_control").write_text(" ".join(f"+{kind}" for kind in CONTROLLERS))


def sweep(owner: str, root: Path = ROOT) -> int:
    """Removes what dead servers of this installation left; how many folders there were."""
    left = [folder for folder in leftovers(root) if _is_left(folder.name, owner) and os.access(folder.parent, os.W_OK)]
    return sum(_remove_or_report(folder) for folder in left)


def _remove_or_report(folder: Path) -> bool:
    try:
        remove_folder(folder)
    except SandboxStuck as error:
        # A new run is not to fail for an old one.
        log.error("%s", error)
        return False
    return True


def leftovers(root: Path) -> Iterator[Path]:
    for parent in (root / OURS, *(root / kind / OURS for kind in CONTROLLERS)):
        with contextlib.suppress(OSError):
            yield from [folder for folder in parent.iterdir() if folder.is_dir()]


def _is_left(name: str, owner: str) -> bool:
    of, _, rest = name.partition("@")
    return of == owner and is_dead(rest.partition("@")[0])


def remove_folder(folder: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_DIE
    while True:
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise SandboxStuck(f"a program does not end; it is still in {folder}") from error
        _kill(folder)
        time.sleep(0.01)


def _kill(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for pid in (folder / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
