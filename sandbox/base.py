"""The contract that every sandbox backend keeps.

A backend runs one program once and returns what became of it. Whatever the program does (exits 1, runs
out of memory or time, writes nonsense) is an `ExecResult`. Whatever goes wrong on our side is a
`SandboxError`, and must never be shown to a model as if the program had done it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from sandbox.limits import Limits


class Outcome(StrEnum):
    OK = "ok"
    NONZERO_EXIT = "nonzero_exit"
    SIGNAL = "signal"
    TIMEOUT = "timeout"
    OOM = "oom"


@dataclass(frozen=True)
class Program:
    """One Python file and the folder it reads.

    `arguments` may hold the words `{input}` and `{output}`; each backend puts in the path that the
    folder has inside.
    """

    source: str
    inputs: Path
    arguments: tuple[str, ...] = ("-i", "{input}", "-o", "{output}")


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
    isolation: str
    """What really confined the program, e.g. `docker`, `bubblewrap-rlimits`, `none`."""
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Regular files that the program left in its output folder, by relative path."""
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    """What was left behind there and not brought back, with the reason."""

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.OK


class Sandbox(Protocol):
    @property
    def name(self) -> str: ...

    async def run(self, program: Program, limits: Limits) -> ExecResult:
        """Run `program` once.

        Raises:
            SandboxError: the run could not be made, or its result was lost.
        """
        ...


def classify(*, exit_code: int | None, timed_out: bool, out_of_memory: bool) -> Outcome:
    """What became of a program; `exit_code` is negative for a signal, as in `subprocess`."""
    if timed_out:
        return Outcome.TIMEOUT
    if out_of_memory and exit_code != 0:
        return Outcome.OOM
    if exit_code is None or exit_code < 0:
        return Outcome.SIGNAL
    return Outcome.OK if exit_code == 0 else Outcome.NONZERO_EXIT
