"""The `Critic` port: ruff reads the program, which is not run."""

import asyncio
import json
import sys
from typing import Any

from graph.quality import Finding

SECONDS = 20
BUGS, SECURITY, SMELLS = ("E9", "F", "B", "PLE", "PLW"), ("S",), ("C90", "PLR", "SIM")
LEFT_OUT = ("PLR2004", "S101", "S311")
"""Numbers in expressions, assertions, random numbers: what a program for sensor data is made of."""
COMMAND = (
    *("-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--output-format", "json"),
    *("--select", ",".join((*BUGS, *SECURITY, *SMELLS)), "--ignore", ",".join(LEFT_OUT)),
    *("--target-version", "py311", "--config", "lint.mccabe.max-complexity=0"),
    *("--stdin-filename", "program.py", "-"),
)


class RuffCritic:
    """ruff's rules of flake8-bandit stand for bandit itself."""

    async def read(self, source: str) -> list[Finding] | None:
        """None where nothing can be said: it does not parse, or ruff does not come to an end."""
        reading = await asyncio.create_subprocess_exec(
            sys.executable,
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(SECONDS):
                out, _ = await reading.communicate(source.encode("utf-8", "replace"))
        except TimeoutError:
            return None
        finally:
            if reading.returncode is None:
                reading.kill()
                await reading.wait()
        return to_findings(out) if reading.returncode == 0 else None


def to_findings(out: bytes) -> list[Finding] | None:
    rows: list[dict[str, Any]] = json.loads(out or b"[]")
    found = [Finding(str(row["code"]), int(row["location"]["row"]), str(row["message"])) for row in rows]
    return None if any(one.code == "invalid-syntax" for one in found) else found
