"""Which process of ours a run belongs to, so that what a dead one left can be told from what a live one uses."""

import os
import socket
from functools import cache
from pathlib import Path

UNKNOWN = "0"
"""Where there is no /proc to tell when a process began."""


@cache
def namespace() -> str:
    """The same number of a process means another process in another container."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return UNKNOWN


def this_server() -> str:
    return ":".join((socket.gethostname(), namespace(), str(os.getpid()), started(os.getpid()) or UNKNOWN))


def is_dead(server: str) -> bool:
    """Surely dead: it ran here, and there is no process by its number that began when it did."""
    try:
        host, space, pid, began = server.rsplit(":", 3)
        return (host, space) == (socket.gethostname(), namespace()) and started(int(pid)) != began
    except ValueError:
        return False


def started(pid: int) -> str | None:
    """When the process began, in ticks since the machine did; none when it has ended."""
    if not Path("/proc/self/stat").exists():
        return UNKNOWN if _answers(pid) else None
    try:
        # The name, in brackets, may hold anything.
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else rest[18]


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
