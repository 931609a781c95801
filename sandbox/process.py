"""A plain child process: limits on time, memory and output, and no protection at all.

Only for programs that one trusts, e.g. those of a recording that ships with the project.
The filter for system calls is left out: it could break a trusted program and would hold nobody back here.
"""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.base import ExecResult, Program
from sandbox.environment import Environment, base_environment
from sandbox.errors import NEEDS_DOCKER, GpuUnavailable, SandboxBroken
from sandbox.inputs import refuse_unusable
from sandbox.interpreter import executable, interpreter_names
from sandbox.limits import Limits
from sandbox.protocol import INPUT, OUTPUT, WORK, WRAPPER, Place
from sandbox.subprocesses import start_wrapper


@dataclass(frozen=True)
class ProcessSandbox:
    python: str = field(default_factory=executable)
    name: str = "process"
    visible: tuple[Path, ...] = ()
    environment: Environment = field(default_factory=base_environment, repr=False)

    async def run(self, program: Program, limits: Limits, stop: asyncio.Event | None = None) -> ExecResult:
        refuse_unusable(program.inputs, other_user=False)
        if limits.gpu:
            raise GpuUnavailable(NEEDS_DOCKER)
        try:
            folder = Path(tempfile.mkdtemp(prefix="autoiot-"))
        except OSError as error:
            raise SandboxBroken(f"no folder could be made for the program: {error}") from error
        place = Place(
            python=self.python,
            inputs=str(program.inputs.resolve()),
            output=str(folder / "out"),
            work=str(folder / "work"),
            isolation="none",
            is_init=False,
            names=interpreter_names(self.python)
            | {str(program.inputs.resolve()): INPUT, str(folder / "out"): OUTPUT, str(folder / "work"): WORK},
        )
        try:
            started = await start_wrapper([self.python, "-I", "-S", "-B", "-c", WRAPPER], place, limits)
            return await started.run(program, stop)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def close(self) -> None:
        """Nothing is kept."""
