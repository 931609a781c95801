"""What the wrapper sends back, and the result that it amounts to."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sandbox.base import ExecResult, Program
from sandbox.errors import SandboxBroken
from sandbox.limits import MIB, Limits
from sandbox.outcome import Facts, classify, flags
from sandbox.protocol import Place
from sandbox.text import rename, scrub

SLACK = 16 * MIB
"""A report holds text twice escaped, but no file."""


@dataclass
class Frames:
    """Collects frames as bytes arrive; `report` is there after the last one."""

    limits: Limits
    nonce: str
    init_pid: int | None = None
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    hello: dict[str, Any] | None = None
    waits: dict[str, Any] | None = None
    """The program's process is there and waits for it; says what memory that takes."""
    report: dict[str, Any] | None = None
    head: dict[bytes, bytes] = field(default_factory=lambda: {b"O": b"", b"E": b""})
    """What stdout and stderr began with: all that is left if the wrapper is ended too."""
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
        elif kind in self.head:
            self.head[kind] += payload
            if len(self.head[kind]) > self.limits.stream_kb * 1024:
                raise SandboxBroken("the sandbox sent more output than the limit")
        elif kind == b"H":
            self._greet(dict(json.loads(payload)))
        elif kind == b"W":
            self.waits = dict(json.loads(payload))
        elif kind == b"R":
            self.report = dict(json.loads(payload))
        else:
            raise SandboxBroken(f"the sandbox sent a frame of unknown kind {kind!r}")

    def _greet(self, hello: dict[str, Any]) -> None:
        if self.init_pid is not None and hello.get("pid") != self.init_pid:
            raise SandboxBroken("the sandbox does not run as the first process of its own: programs could stop it")
        self.hello = hello

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
            if size > self.limits.output_mb * MIB + SLACK:
                raise SandboxBroken("the sandbox sent a frame over the size limit")
            if len(self._buffer) < 5 + size:
                return
            kind, payload = bytes(self._buffer[:1]), bytes(self._buffer[5 : 5 + size])
            del self._buffer[: 5 + size]
            yield kind, payload

    def result(self, place: Place, program: Program) -> ExecResult:
        """Raises SandboxBroken when no report came, or one that is not the wrapper's."""
        if self.report is None:
            raise SandboxBroken()
        if self.report.get("nonce") != self.nonce:
            raise SandboxBroken("the sandbox sent a result that is not its own")
        try:
            return self._result(self.report, place, program)
        except (KeyError, TypeError, AttributeError) as error:
            raise SandboxBroken(f"the sandbox sent a result that cannot be read: {error}") from error

    def _result(self, report: dict[str, Any], place: Place, program: Program) -> ExecResult:
        facts = Facts(
            exit_code=report["exit_code"],
            timed_out=report["timed_out"],
            cancelled=report["cancelled"],
            over_memory=report["over_memory"],
            oom_kills=report["oom_kills"],
            result_missing=program.result is not None and program.result not in self.files,
            pids_hit=report["pids_hit"],
            output_full=report["output_full"] or "over the size limit" in report["skipped"].values(),
            truncated=report["truncated"],
            skipped=bool(report["skipped"]),
        )
        return ExecResult(
            outcome=classify(facts),
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
            process_peak_mb=round(report["process_peak_mb"], 1),
            flags=flags(facts),
        )

    def without_report(self, place: Place, *, out_of_memory: bool, seconds: float) -> ExecResult:
        """The wrapper was ended together with the program, or could not get a word in before the time was up."""
        facts = Facts(None, timed_out=not out_of_memory, oom_kills=int(out_of_memory))
        out, err = (rename(scrub(self.head[kind].decode("utf-8", "replace")), place.names) for kind in (b"O", b"E"))
        return ExecResult(
            outcome=classify(facts),
            exit_code=None,
            stdout=out,
            stderr=err,
            stdout_bytes=len(self.head[b"O"]),
            stderr_bytes=len(self.head[b"E"]),
            seconds=round(seconds, 3),
            cpu_seconds=0.0,
            peak_memory_mb=float(self.limits.memory_mb) if out_of_memory else 0.0,
            isolation=place.isolation,
            flags=flags(facts),
        )
