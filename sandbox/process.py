"""A plain child process: limits on time, memory and output, and no protection at all.

Only for programs that one trusts, e.g. those of a recording that ships with the project.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sandbox.base import ExecResult, Program
from sandbox.limits import Limits
from sandbox.protocol import WRAPPER, Place
from sandbox.subprocesses import run_wrapper


@dataclass(frozen=True)
class ProcessSandbox:
    python: str = sys.executable
    name: str = "process"

    async def run(self, program: Program, limits: Limits) -> ExecResult:
        folder = Path(tempfile.mkdtemp(prefix="autoiot-"))
        place = Place(
            python=self.python,
            inputs=str(program.inputs.resolve()),
            output=str(folder / "out"),
            work=str(folder / "work"),
            isolation="none",
            is_init=False,
            counts_memory=True,
        )
        try:
            return await run_wrapper([self.python, "-I", "-S", "-B", "-c", WRAPPER], program, limits, place)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
