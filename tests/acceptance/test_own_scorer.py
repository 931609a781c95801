"""A result that was measured by a scorer of the user's own stands alone, too."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from fakes.jobs import make_request, opened_jobs
from fakes.source import ScriptedSource, make_dataset, make_script

from app.jobs.request import RunRequest
from graph.task import Scoring, Task
from sandbox.process import ProcessSandbox

SCORER = """\
import argparse
import csv
import json
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("-i")
parser.add_argument("-o")
given = parser.parse_args()


def rows(name):
    with open(Path(given.i) / name, newline="") as file:
        return {(row["unit"], row["index"]): row["label"] for row in csv.DictReader(file)}


truth, said = rows("truth.csv"), rows("predictions.csv")
wrong = sum(said.get(key) != label for key, label in truth.items())
Path(given.o, "scores.json").write_text(json.dumps({"metrics": {"cost": wrong / len(truth)}}))
"""


async def measured(tmp_path: Path) -> tuple[RunRequest, dict[str, Any]]:
    """A whole job whose scorer lies in a folder of its own."""
    (tmp_path / "home").mkdir()
    make_dataset(tmp_path / "data")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "cost.py").write_text(SCORER)
    plain = make_request(tmp_path)
    scoring = Scoring(scorer="lib/cost.py", metric="cost", direction="minimize")
    task = Task.model_validate(plain.task.model_dump(exclude_unset=True) | {"scoring": scoring, "iterations": 0})
    request = RunRequest(**{**plain.__dict__, "task": task})
    source = ScriptedSource(make_script(), tmp_path / "calls")
    async with opened_jobs(tmp_path / "home", source, ProcessSandbox()) as jobs:
        run, _ = await jobs.submit(request)
        return request, await jobs.run(run, lambda _: None)


def test_it_scores_itself_again_without_the_task_file(tmp_path: Path) -> None:
    request, result = asyncio.run(measured(tmp_path))
    cost = result["best"]["test"]
    assert 0 < cost["cost"] < 1
    (tmp_path / "lib" / "cost.py").unlink()
    tools = {"AUTOIOT": str(Path(sys.executable).with_name("autoiot")), "AUTOIOT_HOME": str(tmp_path / "home")}
    command = [str(request.out / "reproduce.sh"), str(request.dataset), "--sandbox", "process", "--json"]
    done = subprocess.run(command, env=os.environ | tools, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "The same as was reported.\n")
    assert json.loads(done.stdout)["metrics"] == cost
