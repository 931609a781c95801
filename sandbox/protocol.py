"""What the wrapper is told: first the place that it finds itself in, then the job."""

import json
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.base import Program
from sandbox.limits import Limits

WRAPPER = (Path(__file__).parent / "wrapper.py").read_text(encoding="utf-8")
GRACE_SECONDS = 15.0
"""The wrapper keeps the time limit itself; the host waits this much longer for its report."""
UID = 64321
"""Nobody's: not 65534, which file systems give special rights to."""
INPUT, OUTPUT, WORK = "/input", "/output", "/tmp"
"""Where a program finds its folders inside: not /data, below which an interpreter may live."""
IMPORTED = ("numpy", "scipy.signal", "scipy.stats", "pandas", "sklearn.ensemble", "sklearn.pipeline")
"""What a program that is waited for finds imported: it takes longer than many a program."""
CANCEL = b"C"
"""Sent after the job: end the program and report what it did so far."""
OWN_PACKAGES = ("app", "graph", "sandbox")
"""A program that may run without an image shares our environment; these it must not import by accident."""


@dataclass(frozen=True)
class Place:
    """What the inside of a sandbox looks like, and what it leaves to the wrapper."""

    python: str
    inputs: str
    output: str
    work: str
    isolation: str
    uid: int | None = None
    is_init: bool = True
    cgroup: bool = False
    """One of its own: the kernel keeps the limits and counts; else the wrapper counts memory itself."""
    rlimits: bool = False
    other_processes: int = 0
    """Not the program's, but counted against its limit by an older kernel."""
    syscall_filter: bytes = b""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Paths of this machine that the program can see, with what they are called in what it printed.

    What a program prints goes to models and into reports: neither shall tell where a user keeps things, and
    the same failure reads the same in every sandbox.
    """


def encode_place(place: Place, limits: Limits, imported: tuple[str, ...] = ()) -> bytes:
    """The first message; the packages named in `imported` are imported before the program comes."""
    told = {
        "limits": limits.as_json(),
        "environment": environment(limits, place.work),
        "python": place.python,
        "work": place.work,
        "output": place.output,
        "uid": place.uid,
        "is_init": place.is_init,
        "cgroup": place.cgroup,
        "rlimits": place.rlimits,
        "other_processes": place.other_processes,
        "filter": place.syscall_filter.hex(),
        "hidden": OWN_PACKAGES,
        "imported": imported,
    }
    return _message(told)


def encode_job(program: Program, place: Place, nonce: str) -> bytes:
    words = {"{input}": place.inputs, "{output}": place.output}
    arguments = [words.get(word, word) for word in program.arguments]
    return _message({"nonce": nonce, "source": program.source, "arguments": arguments})


def _message(value: dict[str, Any]) -> bytes:
    body = json.dumps(value).encode()
    return struct.pack(">I", len(body)) + body


def environment(limits: Limits, work: str) -> dict[str, str]:
    # os.cpu_count() shows the host's cores inside a container: BLAS pools would eat the pids limit.
    threads = str(max(1, int(limits.cpus)))
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": work,
        "TMPDIR": work,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": work,
    } | dict.fromkeys(pools, threads)


def new_nonce() -> str:
    return secrets.token_hex(16)
