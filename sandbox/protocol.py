"""The two ends of the talk with `wrapper.py`: the job that goes in, the frames that come out."""

import json
import secrets
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sandbox.base import ExecResult, Program, classify
from sandbox.errors import SandboxBroken
from sandbox.limits import MIB, Limits
from sandbox.text import rename, scrub

WRAPPER = (Path(__file__).parent / "wrapper.py").read_text(encoding="utf-8")
GRACE_SECONDS = 15.0
"""The wrapper keeps the time limit itself; the host waits this much longer for its report."""
UID = 64321
"""Nobody's: not 65534, which file systems give special rights to."""
INPUT, OUTPUT, WORK = "/input", "/output", "/tmp"
"""Where a program finds its folders inside: not /data, below which an interpreter may live."""
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
    counts_memory: bool = False
    rlimits: bool = False
    other_processes: int = 0
    """Not the program's, but counted against its limit by an older kernel."""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Paths of this machine that the program can see, with what they are called in what it printed.

    What a program prints goes to models and into reports: neither shall tell where a user keeps things, and
    the same failure reads the same in every sandbox.
    """


def encode_job(program: Program, limits: Limits, place: Place, nonce: str) -> bytes:
    words = {"{input}": place.inputs, "{output}": place.output}
    job = {
        "nonce": nonce,
        "source": program.source,
        "arguments": [words.get(word, word) for word in program.arguments],
        "limits": limits.as_json(),
        "environment": environment(limits, place.work),
        "python": place.python,
        "work": place.work,
        "output": place.output,
        "uid": place.uid,
        "is_init": place.is_init,
        "counts_memory": place.counts_memory,
        "rlimits": place.rlimits,
        "other_processes": place.other_processes,
        "hidden": OWN_PACKAGES,
    }
    body = json.dumps(job).encode()
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


@dataclass
class Frames:
    """Collects frames as bytes arrive; `result` is there after the last one."""

    limits: Limits
    nonce: str
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    report: dict[str, Any] | None = None
    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        """Raises SandboxBroken for bytes that the wrapper cannot have sent."""
        self._buffer += data
        for kind, payload in self._complete():
            if self.report is not None:
                raise SandboxBroken("the sandbox sent data after its result")
            try:
                self._take(kind, payload)
            except (ValueError, TypeError, struct.error) as error:
                raise SandboxBroken(f"the sandbox sent a frame that cannot be read: {error}") from error
        if self.report is not None and self._buffer:
            raise SandboxBroken("the sandbox sent data after its result")

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == b"F":
            size = struct.unpack(">I", payload[:4])[0]
            self._keep(payload[4 : 4 + size].decode(), payload[4 + size :])
        elif kind == b"R":
            self.report = dict(json.loads(payload))
        else:
            raise SandboxBroken(f"the sandbox sent a frame of unknown kind {kind!r}")

    def _keep(self, name: str, data: bytes) -> None:
        path = PurePosixPath(name)
        if not path.parts or path.is_absolute() or ".." in path.parts:
            raise SandboxBroken(f"the sandbox sent a file that is not below its folder: {name!r}")
        self.files[name] = data
        if len(self.files) > self.limits.files or sum(map(len, self.files.values())) > self.limits.output_mb * MIB:
            raise SandboxBroken("the sandbox sent more files than the limit")

    def _complete(self) -> Iterator[tuple[bytes, bytes]]:
        while len(self._buffer) >= 5:
            size = struct.unpack(">I", self._buffer[1:5])[0]
            if size > self.limits.output_mb * MIB + 16 * MIB:
                raise SandboxBroken("the sandbox sent a frame over the size limit")
            if len(self._buffer) < 5 + size:
                return
            kind, payload = bytes(self._buffer[:1]), bytes(self._buffer[5 : 5 + size])
            del self._buffer[: 5 + size]
            yield kind, payload

    def result(self, place: Place) -> ExecResult:
        """Raises SandboxBroken when no report came, or one that is not the wrapper's."""
        if self.report is None:
            raise SandboxBroken()
        if self.report.get("nonce") != self.nonce:
            raise SandboxBroken("the sandbox sent a result that is not its own")
        try:
            return self._result(self.report, place)
        except (KeyError, TypeError, AttributeError) as error:
            raise SandboxBroken(f"the sandbox sent a result that cannot be read: {error}") from error

    def _result(self, report: dict[str, Any], place: Place) -> ExecResult:
        return ExecResult(
            outcome=classify(
                exit_code=report["exit_code"],
                timed_out=report["timed_out"],
                out_of_memory=report["out_of_memory"],
            ),
            exit_code=report["exit_code"],
            stdout=rename(scrub(report["stdout"]), place.names),
            stderr=rename(scrub(report["stderr"]), place.names),
            stdout_bytes=report["stdout_bytes"],
            stderr_bytes=report["stderr_bytes"],
            seconds=round(report["seconds"], 3),
            cpu_seconds=round(report["cpu_seconds"], 3),
            peak_memory_mb=round(report["peak_memory_mb"], 1),
            isolation=place.isolation,
            files=dict(self.files),
            skipped=report["skipped"],
        )
