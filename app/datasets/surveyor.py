"""Sends the survey of a folder into the sandbox."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from app.datasets.survey import RESULT, Survey
from sandbox.base import Program, Sandbox
from sandbox.bundle import bundled
from sandbox.limits import Limits

LIMITS = Limits(seconds=120)
MAIN = "app.datasets.survey"
MODULES = (
    "app",
    "app.datasets",
    "app.datasets.arrays",
    "app.datasets.containers",
    "app.datasets.headers",
    "app.datasets.reading",
    "app.datasets.schema",
    "app.datasets.statistics",
    "app.datasets.steps",
    "app.datasets.tables",
    "graph",
    "graph.errors",
)


async def look(
    sandbox: Sandbox, root: Path, parts: Sequence[str], valued: str | None, limits: Limits = LIMITS
) -> Survey:
    """As `survey`; where that cannot be done within the limits, one line says so in place of the formats.

    Raises SandboxError.
    """
    wanted = json.dumps({"parts": list(parts), "valued": valued})
    program = Program(_program(), root, ("{input}", "{output}", wanted), RESULT)
    result = await sandbox.run(program, limits)
    if not result.ok:
        why = f"{result.outcome.value}; {limits.seconds:g} s and {limits.memory_mb} MB are given to it"
        return Survey([f"not known: looking at the files failed ({why})"], [])
    found = json.loads(result.files[RESULT])
    return Survey(list(map(str, found["formats"])), list(map(str, found["values"])))


@cache
def _program() -> str:
    return bundled(MAIN, MODULES)
