"""A whole job whose first program would be good, were its thresholds chosen well."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from fakes.jobs import make_request, opened_jobs
from fakes.places import HEARTBEAT
from fakes.source import ScriptedSource, script_of

from app.jobs.progress import nobody
from app.jobs.taskfile import parse_task
from sandbox.process import ProcessSandbox

UNTUNED = Path(__file__).parent / "programs" / "untuned.py"
TASK = {
    "name": "heartbeat",
    "target": "Find the R-peaks.",
    "input": "WFDB records.",
    "output": "predictions.csv with a row for each peak.",
    "scoring": {"scorer": "r_peaks", "metric": "f1", "direction": "maximize"},
    "iterations": 0,
}


async def test_tuning_alone_makes_a_good_detector_of_one_with_bad_thresholds(tmp_path: Path) -> None:
    make = [sys.executable, str(HEARTBEAT / "generate.py"), str(tmp_path / "data"), "--seconds", "60"]
    subprocess.run(make, check=True, capture_output=True)  # noqa: ASYNC221 (nobody else waits for this event loop)
    signature = "def find_beats(signal: np.ndarray, rate: float) -> np.ndarray"
    script = script_of(UNTUNED.read_text(encoding="utf-8"), "find_beats", [], signature)
    request = replace(make_request(tmp_path), task=parse_task(TASK, "task"))
    async with opened_jobs(tmp_path, ScriptedSource(script, tmp_path / "calls"), ProcessSandbox()) as jobs:
        run, _ = await jobs.submit(request)
        await jobs.run(run, nobody)
        asked = [row.node for row in await jobs.calls(run).rows() if row.kind == "chat" and row.node != "search"]
    result = json.loads((request.out / "result.json").read_text())
    untuned, tuned = result["versions"]
    assert untuned["validation"]["f1"] < 0.9
    assert tuned["validation"]["f1"] > 0.98
    assert tuned["against_parent"]["verdict"] == "better"
    assert (tuned["operator"], result["best"]["version"]) == ("tune", 2)
    assert "LEVEL 0.95 -> " in tuned["idea"]
    # As many as without any tuning.
    assert asked == ["terms", "outline", "design", "write_module", "integrate", "document"]
    assert "# tune: 0.05 to 0.95" in (request.out / "program.py").read_text()
