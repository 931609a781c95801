"""The contract that every sandbox backend keeps.

A backend runs one program once and returns what became of it. Whatever the program does (exits 1, runs
out of memory or time, writes nonsense) is an `ExecResult`. Whatever goes wrong on our side is a
`SandboxError`, and must never be shown to a model as if the program had done it.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from sandbox.environment import Environment
from sandbox.limits import Limits


class Outcome(StrEnum):
    OK = "ok"
    NONZERO_EXIT = "nonzero_exit"
    SIGNAL = "signal"
    TIMEOUT = "timeout"
    OOM = "oom"
    CANCELLED = "cancelled"
    """The caller set `stop` before the program had ended."""
    NO_RESULT = "no_result"
    """It ended well without the file that `Program.result` names."""


class Flag(StrEnum):
    """What else happened, whatever the outcome."""

    OOM_IN_CHILD = "oom_in_child"
    """The kernel ended a process that the program had started, for memory; known where there are cgroups."""
    PIDS_HIT = "pids_hit"
    """A process or thread was refused; known where there are cgroups."""
    OUTPUT_FULL = "output_full"
    TRUNCATED = "truncated"
    """The middle of stdout or stderr was left out."""
    FILES_SKIPPED = "files_skipped"


@dataclass(frozen=True)
class Program:
    """One Python file and the folder it reads.

    `arguments` may hold the words `{input}` and `{output}`; each backend puts in the path that the
    folder has inside.
    """

    source: str
    inputs: Path
    arguments: tuple[str, ...] = ("-i", "{input}", "-o", "{output}")
    result: str | None = None
    """A file that has to be in the output folder in the end."""
    recurring: bool = False
    """Others will follow over the same folder: it may pay to keep a sandbox ready for the next."""


@dataclass(frozen=True)
class ExecResult:
    outcome: Outcome
    exit_code: int | None
    stdout: str
    stderr: str
    stdout_bytes: int
    stderr_bytes: int
    seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    """Of all together, files in memory included, as the kernel counts it; the watchdog's count elsewhere."""
    isolation: str
    """What really confined the program, e.g. `docker`, `bubblewrap-rlimits`, `none`."""
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Regular files that the program left in its output folder, by relative path."""
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    """What was left behind there and not brought back, with the reason."""
    process_peak_mb: float = 0.0
    """Of the largest single process."""
    gpu_peak_mb: float | None = None
    """Of the device that it had for itself, as the driver counts it; none where it had none."""
    flags: frozenset[Flag] = frozenset()

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.OK

    def as_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "exit_code": self.exit_code,
            "stdout": self.stdout,
            "stderr": self.stderr,
            "files": [{"name": name, "bytes": len(data)} for name, data in sorted(self.files.items())],
            "skipped": self.skipped,
            "seconds": self.seconds,
            "cpu_seconds": self.cpu_seconds,
            "peak_memory_mb": self.peak_memory_mb,
            "flags": sorted(flag.value for flag in self.flags),
            "isolation": self.isolation,
            "stdout_bytes": self.stdout_bytes,
            "stderr_bytes": self.stderr_bytes,
            "process_peak_mb": self.process_peak_mb,
            "gpu_peak_mb": self.gpu_peak_mb,
        }


class Sandbox(Protocol):
    """Safe to use from one event loop after the other; what it keeps ready belongs to the loop that ran it."""

    @property
    def name(self) -> str: ...

    @property
    def visible(self) -> tuple[Path, ...]:
        """What of this machine every program can read beside its input, where it cannot read all of it."""
        ...

    @property
    def environment(self) -> Environment:
        """What programs may import."""
        ...

    async def run(self, program: Program, limits: Limits, stop: asyncio.Event | None = None) -> ExecResult:
        """Run `program` once; setting `stop` ends it, and what it did so far is the result.

        Raises:
            SandboxError: the run could not be made, or its result was lost.
        """
        ...

    async def close(self) -> None:
        """End what is kept ready, and wait until nothing is left of what ran; it may be used again."""
        ...


class Started(Protocol):
    """A sandbox that waits for its one program."""

    @property
    def memory_mb(self) -> float:
        """What it takes while it waits."""
        ...

    async def ready(self) -> None:
        """Until the packages are imported; raises SandboxError when it does not come to that."""
        ...

    def is_alive(self) -> bool: ...

    async def run(self, program: Program, stop: asyncio.Event | None = None) -> ExecResult: ...

    async def end(self) -> None:
        """Nothing of it will stay; safe to call twice, and whatever it is doing."""
        ...


class Starter(Sandbox, Protocol):
    """A sandbox that can be started before there is a program."""

    async def start(
        self, inputs: Path, limits: Limits, *, imported: tuple[str, ...] = (), waits: float = 0.0
    ) -> Started:
        """`waits`: seconds that it may be kept without a program."""
        ...

    async def run(
        self, program: Program, limits: Limits, stop: asyncio.Event | None = None, ready: Started | None = None
    ) -> ExecResult:
        """Run in `ready`, which was started over the same folder and with the same limits, or else in a new one."""
        ...
