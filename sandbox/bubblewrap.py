"""bubblewrap: a sandbox without an engine, from Linux namespaces.

It gives what Docker gives but for cgroups: memory is limited per process (RLIMIT_DATA) and, all together,
by a watchdog that counts ten times a second, so a program may overshoot for a moment.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.base import ExecResult, Program
from sandbox.errors import SandboxUnavailable
from sandbox.inputs import refuse_unusable
from sandbox.limits import MIB, Limits
from sandbox.protocol import UID, WRAPPER, Place
from sandbox.subprocesses import run_wrapper

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32")


@dataclass(frozen=True)
class BubblewrapSandbox:
    python: str = sys.executable
    name: str = "bubblewrap"

    async def run(self, program: Program, limits: Limits) -> ExecResult:
        refuse_unusable(program.inputs)
        as_root = os.geteuid() == 0
        place = Place(
            python=self.python,
            inputs="/data",
            output="/out",
            work="/tmp",
            isolation="bubblewrap-rlimits",
            uid=UID if as_root else None,
            counts_memory=True,
            rlimits=True,
        )
        command = bwrap_arguments(self.python, program.inputs.resolve(), limits, as_root=as_root)
        return await run_wrapper([*command, "-I", "-S", "-B", "-c", WRAPPER], program, limits, place)

    @staticmethod
    def probe() -> None:
        """Raises SandboxUnavailable when bubblewrap is missing or may not work on this machine."""
        if shutil.which("bwrap") is None:
            raise SandboxUnavailable("bubblewrap is not installed. Run: apt-get install bubblewrap")
        trial = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "true"]
        answer = subprocess.run(trial, capture_output=True, text=True, timeout=20, check=False)
        if answer.returncode != 0:
            why = (answer.stderr.strip().splitlines() or ["no message"])[-1]
            raise SandboxUnavailable(f"bubblewrap does not work here ({why}); allow user namespaces or use Docker")


def bwrap_arguments(python: str, inputs: Path, limits: Limits, *, as_root: bool) -> list[str]:
    """The whole policy: what is not named here, the program does not have."""
    size = str(limits.output_mb * MIB)
    # As root no user namespace is made: uid 0 would map to itself. The wrapper, our code, starts with the
    # right to change its uid and nothing else, and gives it up before it starts the program.
    who = (
        ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        if as_root
        else ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
    )
    return [
        "bwrap",
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *("--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"),
        *who,
        *system_binds(),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(64 * MIB), "--perms", "1777", "--tmpfs", "/dev/shm"),
        *("--size", size, "--perms", "1777", "--tmpfs", "/tmp"),
        *("--size", size, "--perms", "1777", "--tmpfs", "/out"),
        # After /tmp: an interpreter may live below it.
        *interpreter_binds(python),
        *("--ro-bind", str(inputs), "/data"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", "/tmp", "--", python),
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
    """The folders of the interpreter and of its packages, where they are not part of the system."""
    real = Path(python).resolve().parent.parent
    folders = {Path(python).parent.parent, real} | ({Path(sys.base_prefix)} if python == sys.executable else set())
    outside = sorted(f for f in folders if not any(f.is_relative_to(s) for s in SYSTEM_FOLDERS))
    words: list[str] = []
    for folder in outside:
        # bubblewrap makes missing parents for root alone: the program, another user, could not pass them.
        for parent in reversed(folder.parents[:-1]):
            words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind", str(folder), str(folder)]
    return words
