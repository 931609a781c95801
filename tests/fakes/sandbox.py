"""A sandbox that runs nothing: what becomes of a program is a function of it."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.datasets import survey
from sandbox.base import ExecResult, Outcome, Program
from sandbox.environment import base_environment
from sandbox.limits import Limits

ENDED_WELL = ExecResult(
    outcome=Outcome.OK,
    exit_code=0,
    stdout="",
    stderr="",
    stdout_bytes=0,
    stderr_bytes=0,
    seconds=1.0,
    cpu_seconds=1.0,
    peak_memory_mb=50.0,
    isolation="none",
)


def predicted(predictions: bytes, stdout: str = "") -> ExecResult:
    return replace(ENDED_WELL, files={"predictions.csv": predictions}, stdout=stdout)


def crashed(stderr: str, exit_code: int = 1) -> ExecResult:
    return replace(ENDED_WELL, outcome=Outcome.NONZERO_EXIT, exit_code=exit_code, stderr=stderr)


def surveyed(program: Program) -> ExecResult:
    """The survey of a dataset's files, made here."""
    with tempfile.TemporaryDirectory() as output:
        survey.main(str(program.inputs), output, program.arguments[-1])
        return replace(ENDED_WELL, files={survey.RESULT: (Path(output) / survey.RESULT).read_bytes()})


class ScriptedSandbox:
    name = "scripted"
    visible: tuple[Path, ...] = ()
    environment = base_environment()

    def __init__(self, outcome: Callable[[Program], ExecResult] = lambda _: predicted(b"0.5")) -> None:
        self.outcome = outcome
        self.programs: list[Program] = []

    async def run(self, program: Program, limits: Limits) -> ExecResult:
        self.programs.append(program)
        return self.outcome(program)

    async def close(self) -> None:
        pass
