"""bubblewrap: a sandbox without an engine, from Linux namespaces.

As root it gives what Docker gives. As another user there are no cgroups: memory is limited per process
(RLIMIT_DATA) and, all together, by a watchdog that counts ten times a second, so a program may overshoot for a
moment, and the number of its files has no limit while it runs; `isolation` says which it was. What the machine
has in /usr and in the Python environment of AutoIOT, a program can read.
"""

import asyncio
import contextlib
import os
import platform
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sandbox import cgroups
from sandbox.base import ExecResult, Program, Started
from sandbox.cgroups import Cgroup
from sandbox.environment import Environment, base_environment
from sandbox.errors import NEEDS_DOCKER, GpuUnavailable, SandboxUnavailable
from sandbox.inputs import refuse_unusable
from sandbox.interpreter import SYSTEM_FOLDERS, executable, interpreter_names, visible_parts
from sandbox.limits import MIB, Limits
from sandbox.protocol import INPUT, OUTPUT, UID, WORK, WRAPPER, Place
from sandbox.seccomp import syscall_filter
from sandbox.stage import SHARED_MEMORY, bind_words, staged
from sandbox.subprocesses import WrapperProcess, start_wrapper

UIDS = range(UID, UID + 1000)
COUNTS_PER_NAMESPACE = (5, 14)
"""The first Linux whose limit on processes does not count those of the same user outside."""


@dataclass(frozen=True)
class BubblewrapSandbox:
    python: str = field(default_factory=executable)
    name: str = "bubblewrap"
    environment: Environment = field(default_factory=base_environment, repr=False)
    owner: str = "here"
    """Which installation of ours a run belongs to: only what is left of those is ever removed."""
    with_cgroups: bool = True
    """Where the kernel lets us."""
    syscall_filter: bytes = field(default_factory=syscall_filter, repr=False)
    policy: Callable[..., list[str]] = field(default_factory=lambda: bwrap_arguments, repr=False)

    @property
    def visible(self) -> tuple[Path, ...]:
        return (*map(Path, SYSTEM_FOLDERS), *visible_parts(self.python))

    async def run(
        self, program: Program, limits: Limits, stop: asyncio.Event | None = None, ready: Started | None = None
    ) -> ExecResult:
        try:
            await asyncio.to_thread(refuse_unusable, program.inputs, other_user=os.geteuid() == 0)
            if limits.gpu:
                raise GpuUnavailable(NEEDS_DOCKER)
            ready = ready or await self.start(program.inputs, limits)
            return await ready.run(program, stop)
        finally:
            if ready:
                await ready.end()

    async def start(
        self, inputs: Path, limits: Limits, *, imported: tuple[str, ...] = (), waits: float = 0.0
    ) -> WrapperProcess:
        as_root = os.geteuid() == 0
        group = self._group(limits, as_root)

        async def clean() -> None:
            if group:
                await asyncio.to_thread(group.remove)

        place = self._place(group, as_root)
        command = self._command(inputs, limits, group, as_root, WRAPPER)
        return await start_wrapper(command, place, limits, imported=imported, cgroup=group, clean=clean)

    async def close(self) -> None:
        """Nothing is kept; each run has waited until nothing was left of it."""

    def _place(self, group: Cgroup | None, as_root: bool) -> Place:
        place = Place(
            python=self.python,
            inputs=INPUT,
            output=OUTPUT,
            work=WORK,
            isolation="bubblewrap-rlimits",
            uid=free_uid() if as_root else None,
            rlimits=True,
            names=interpreter_names(self.python),
            other_processes=0 if as_root else processes_counted_along(),
            syscall_filter=self.syscall_filter,
        )
        return replace(place, isolation="bubblewrap-cgroup", cgroup=True, rlimits=False) if group else place

    def _group(self, limits: Limits, as_root: bool) -> Cgroup | None:
        return cgroups.create(self.owner, limits) if as_root and self.with_cgroups else None

    def _command(self, inputs: Path, limits: Limits, group: Cgroup | None, as_root: bool, source: str) -> list[str]:
        policy = self.policy(self.python, inputs.resolve(), limits, as_root=as_root, cgroup=group)
        command = [find_bwrap(), *policy, "-I", "-S", "-B", "-c", source]
        return staged(command, group, limits) if group else command

    def sweep(self) -> int:
        """Remove what dead servers of this installation left behind; how many cgroups there were."""
        return cgroups.sweep(self.owner)

    def probe(self) -> None:
        """Raises SandboxUnavailable when this machine does not allow what programs are run with."""
        as_root, limits = os.geteuid() == 0, Limits()
        group = self._group(limits, as_root)
        try:
            with tempfile.TemporaryDirectory(prefix="autoiot-") as empty:
                trial = self._command(Path(empty), limits, group, as_root, "import json")
                answer = subprocess.run(trial, capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise SandboxUnavailable(f"bubblewrap could not be started: {error}") from error
        finally:
            if group:
                group.remove()
        if answer.returncode != 0:
            why = (answer.stderr.strip().splitlines() or ["no message"])[-1]
            raise SandboxUnavailable(
                f"bubblewrap does not work here ({why}). Update it to 0.8, allow user namespaces, or use Docker Engine"
            )


def find_bwrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailable("bubblewrap is not installed. Run: apt-get install bubblewrap")
    return found


def free_uid() -> int:
    """A user that nothing runs as: the limit on processes counts all of a user's, other sandboxes' too."""
    taken = {owner for owner, _ in processes()}
    return secrets.choice([uid for uid in UIDS if uid not in taken] or UIDS)


def processes_counted_along(release: str = platform.release()) -> int:
    """How many processes and threads of ours the kernel will count as if they were the program's."""
    numbers = tuple(int(part) for part in release.split("-", 1)[0].split(".", 2)[:2])
    if numbers >= COUNTS_PER_NAMESPACE:
        return 0
    return sum(threads for owner, threads in processes() if owner == os.geteuid())


def processes() -> list[tuple[int, int]]:
    """The user and the number of threads of all that runs here."""
    found: list[tuple[int, int]] = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((path.stat().st_uid, path.joinpath("task").stat().st_nlink - 2))
    return found


def bwrap_arguments(
    python: str, inputs: Path, limits: Limits, *, as_root: bool, cgroup: Cgroup | None = None
) -> list[str]:
    """The whole policy: what is not named here, the program does not have.

    Folders are made with a mode because bubblewrap makes them for root alone: the program, another user,
    could not pass them.
    """
    # As root no user namespace is made: uid 0 would map to itself. The wrapper, our code, starts with the
    # right to change its uid and nothing else, and gives it up before it starts the program.
    who = (
        ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        if as_root
        else ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
    )
    return [
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *("--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"),
        *who,
        *system_binds(),
        *("--perms", "0755", "--dir", "/etc", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--ro-bind-try", "/etc/fonts", "/etc/fonts"),
        *("--proc", "/proc", "--dev", "/dev"),
        *(bind_words(cgroup) if cgroup else own_folders(limits)),
        # After the work folder, which is /tmp: an interpreter may live below it.
        *interpreter_binds(python),
        *("--ro-bind", str(inputs), INPUT),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", WORK, "--", python),
    ]


def own_folders(limits: Limits) -> list[str]:
    size = str(limits.output_mb * MIB)
    return [
        *("--size", str(SHARED_MEMORY), "--perms", "1777", "--tmpfs", "/dev/shm"),
        *("--size", size, "--perms", "1777", "--tmpfs", WORK),
        *("--size", size, "--perms", "1777", "--tmpfs", OUTPUT),
    ]


def system_binds() -> list[str]:
    words: list[str] = []
    for name in SYSTEM_FOLDERS:
        path = Path(name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            words += ["--ro-bind", name, name]
    return words


def interpreter_binds(python: str) -> list[str]:
    words: list[str] = []
    for part in visible_parts(python):
        for parent in reversed(part.parents[:-1]):
            words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind", str(part), str(part)]
    return words
