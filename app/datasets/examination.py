"""The check of a stranger's dataset, in a process of its own.

A small file of arrays may unpack to more than the machine has: that must not be the server's end.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

from app.datasets.dataset import open_dataset
from app.datasets.preflight import Findings, examine
from graph.errors import DatasetInvalid

CPU_SECONDS = 600
WALL_SECONDS = 900
MEMORY = 8 << 30


async def examine_apart(folder: Path, cpu_seconds: int = CPU_SECONDS) -> Findings:
    """Raises DatasetInvalid where it cannot be brought to an end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "app.datasets.examination",
        str(folder),
        str(cpu_seconds),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(WALL_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        said = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise DatasetInvalid("the check took too much time or memory: make the files smaller or unit_pattern simpler")
    found = json.loads(said)
    return Findings(tuple(found["problems"]), tuple(found["notes"]))


def main(folder: str, cpu_seconds: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        found = examine(open_dataset(Path(folder)))
    except DatasetInvalid as error:
        found = Findings(tuple(str(error).splitlines()), ())
    json.dump({"problems": found.problems, "notes": found.notes}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
