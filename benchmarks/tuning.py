# ruff: noqa: T201, E402 (it prints for a person; and the program lies with the tests)
"""What tuning alone makes of a heart beat detector with bad thresholds: F1 before and after, on records held back.

`python benchmarks/tuning.py`: on the 14 records of the MIT-BIH Arrhythmia Database beside the project, where they are,
and on synthetic ones. No model is asked. Numbers to read, no test.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from fakes.places import HEARTBEAT, MITDB

from app.datasets.bench import Bench
from app.datasets.dataset import open_dataset
from graph.executions import PREDICTIONS
from graph.parameters import Value, parameters, with_values
from graph.scoring.r_peaks import RPeaks
from graph.sweep import sweep
from graph.task import Scoring, Task
from graph.values import FOLDS, Split
from sandbox.base import Program
from sandbox.limits import Limits
from sandbox.process import ProcessSandbox

SOURCE = (ROOT / "tests" / "acceptance" / "programs" / "untuned.py").read_text(encoding="utf-8")
SCORING = Scoring(scorer="r_peaks", metric="f1", direction="maximize")
TRIALS = Task.model_fields["tuning"].default


async def measure(name: str, folder: Path, description: Path | None, root: Path) -> None:
    bench, sandbox = Bench(open_dataset(folder, description), RPeaks(100.0), root), ProcessSandbox()

    async def score(values: Mapping[str, Value], *splits: Split) -> float:
        found: list[float] = []
        for split in splits:
            result = await sandbox.run(Program(with_values(SOURCE, values), await bench.inputs(split)), Limits())
            found.append((await bench.score(split, result.files[PREDICTIONS])).metrics["f1"])
        return sum(found) / len(found)

    began = time.monotonic()
    found = await sweep(parameters(SOURCE), lambda values: score(values, *FOLDS), SCORING, TRIALS)
    seconds = time.monotonic() - began
    gains = [
        f"{split} {await score({}, split):.4f} -> {await score(found.values, split):.4f}"
        for split in ("validation", "test")
    ]
    print(f"  {name:22} train {found.before:.4f} -> {found.after:.4f}, {', '.join(gains)}; {seconds:.0f} s", flush=True)


def main() -> None:
    print(f"A detector with bad thresholds, tuned by {TRIALS} trials on train (F1, no call of a model):")
    with tempfile.TemporaryDirectory(prefix="autoiot-tuning-") as name:
        folder = Path(name)
        made = folder / "records"
        subprocess.run([sys.executable, str(HEARTBEAT / "generate.py"), str(made)], check=True, capture_output=True)
        asyncio.run(measure("synthetic records", made, None, folder / "synthetic"))
        if MITDB.is_dir():
            described = HEARTBEAT / "mitdb.dataset.yaml"
            asyncio.run(measure("MIT-BIH, 14 records", MITDB, described, folder / "mitdb"))


if __name__ == "__main__":
    main()
