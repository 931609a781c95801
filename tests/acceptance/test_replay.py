# ruff: noqa: ASYNC240 (nobody else waits for this event loop)
"""The example, replayed whole: without a network, with a number that can be had again."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes.jobs import opened_jobs
from fakes.places import HEARTBEAT, MITDB, REPOSITORY
from fakes.source import ScriptedSource, make_dataset, make_script, make_task

from app.datasets.bench import Bench
from app.datasets.dataset import open_dataset
from app.jobs.progress import nobody
from app.jobs.request import RunRequest
from app.providers.recording import read_recording
from app.providers.source import Source
from sandbox.process import ProcessSandbox

GOOD = 0.985
RECORDING = HEARTBEAT / "recording.jsonl"
GUARDED = "import sys; from app.cli.main import run; sys.exit(run(sys.argv[1:]))"
# Python tells its hooks of every connection and every name that is looked up, whatever library it is for.
NO_NETWORK = """\
import sys

def refuse(event, arguments):
    if event == "socket.getaddrinfo" or (event == "socket.connect" and isinstance(arguments[1], tuple)):
        with open({log!r}, "a") as file:
            file.write(f"{{event}} {{arguments[1:]}}\\n")
        raise OSError("a replay has no network")

sys.addaudithook(refuse)
"""


@dataclass(frozen=True)
class Place:
    """A home and a result of AutoIOT, in processes that can reach no network."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def result(self) -> dict[str, Any]:
        return json.loads((self.out / "result.json").read_text())

    @property
    def connections(self) -> str:
        log = self.folder / "connections"
        return log.read_text() if log.exists() else ""

    def autoiot(self, *words: str | Path) -> str:
        (self.folder / "sitecustomize.py").write_text(NO_NETWORK.format(log=str(self.folder / "connections")))
        done = subprocess.run(
            [sys.executable, "-c", GUARDED, *map(str, words)],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{self.folder}", "AUTOIOT_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def replay(self, dataset: Path) -> None:
        task = HEARTBEAT / "task.yaml"
        self.autoiot("run", task, "--dataset", dataset, "--replay", RECORDING, "--out", self.out)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "records"
    subprocess.run([sys.executable, str(HEARTBEAT / "generate.py"), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory, records: Path) -> Place:
    place = Place(tmp_path_factory.mktemp("replay"))
    place.replay(records)
    return place


def test_the_example_ends_with_a_good_program(replayed: Place) -> None:
    result = replayed.result
    assert (result["status"], result["measured"], result["replayed"]) == ("finished", True, True)
    assert result["isolation"] in ("docker", "bubblewrap")
    assert result["best"]["test"]["f1"] >= GOOD
    assert result["best"]["validation"]["f1"] >= GOOD


def test_it_repairs_and_improves_and_does_not_take_all_that_is_new(replayed: Place) -> None:
    versions, best = replayed.result["versions"], replayed.result["best"]
    assert any(version["repairs"] and version["status"] == "ok" for version in versions)
    improvements = [version for version in versions if version["parent"]]
    assert len(improvements) >= 3
    line, parents = [best["version"]], {version["version"]: version["parent"] for version in versions}
    while parents[line[-1]]:
        line.append(parents[line[-1]])
    assert [version for version in improvements if version["status"] == "ok" and version["version"] not in line]
    assert best["validation"]["f1"] > versions[0]["validation"]["f1"]


def test_it_opens_no_connection(replayed: Place) -> None:
    assert replayed.connections == ""


def test_the_hook_would_have_seen_one(tmp_path: Path) -> None:
    place = Place(tmp_path)
    try_it = "import socket; socket.create_connection(('127.0.0.1', 9))"
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK.format(log=str(tmp_path / "connections")))
    done = subprocess.run([sys.executable, "-c", try_it], env={"PYTHONPATH": str(tmp_path)}, check=False, stderr=-1)
    assert done.returncode != 0
    assert "getaddrinfo" in place.connections


@pytest.mark.parametrize("split", ["test", "validation"])
def test_the_reported_number_can_be_had_again(replayed: Place, records: Path, split: str) -> None:
    said = replayed.autoiot("score", replayed.out / "program.py", "--dataset", records, "--split", split, "--json")
    assert json.loads(said)["metrics"] == replayed.result["best"][split]


def test_the_result_scores_itself_again_wherever_it_lies(replayed: Place, records: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(replayed.out, moved)
    tools = {"AUTOIOT": str(Path(sys.executable).with_name("autoiot")), "AUTOIOT_HOME": str(tmp_path / "home")}

    def reproduce() -> subprocess.CompletedProcess[str]:
        command = [str(moved / "reproduce.sh"), str(records)]
        return subprocess.run(command, env=os.environ | tools, check=False, capture_output=True, text=True)

    done = reproduce()
    assert (done.returncode, done.stderr) == (0, "The same as was reported.\n")
    assert "measured on test" in done.stdout
    written = json.loads((moved / "result.json").read_text())
    written["best"]["test"]["f1"] += 1e-6
    (moved / "result.json").write_text(json.dumps(written))
    other = reproduce()
    assert other.returncode == 1
    assert (
        other.stderr
        == f"autoiot: f1: {replayed.result['best']['test']['f1']}, but {written['best']['test']['f1']} was reported\n"
    )


def test_the_program_predicts_the_same_by_itself(replayed: Place, records: Path, tmp_path: Path) -> None:
    bench = Bench(open_dataset(records), None, tmp_path / "inputs")
    asyncio.run(bench.inputs("validation"))
    (tmp_path / "results").mkdir()
    command = ["program.py", "-i", tmp_path / "inputs" / "validation", "-o", tmp_path / "results"]
    subprocess.run([sys.executable, "-I", *map(str, command)], cwd=replayed.out, check=True, capture_output=True)
    chosen = replayed.out / "candidates" / f"v{replayed.result['best']['version']}"
    assert (tmp_path / "results" / "predictions.csv").read_bytes() == (chosen / "predictions.csv").read_bytes()
    assert (replayed.out / "program.py").read_bytes() == (chosen / "program.py").read_bytes()


@pytest.mark.parametrize(
    ("folder", "said"), [("inputs/validation", "OK\n"), ("", "OK (skipped=1)"), ("empty", "FAILED")]
)
def test_the_result_has_a_test_of_its_program(
    replayed: Place, records: Path, tmp_path: Path, folder: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    asyncio.run(Bench(open_dataset(records), None, tmp_path / "inputs").inputs("validation"))
    given = {"INPUT": str(tmp_path / folder)} if folder else {}
    command = [sys.executable, "-m", "unittest", "-v"]
    environment = os.environ | given
    done = subprocess.run(command, cwd=replayed.out, env=environment, check=False, capture_output=True, text=True)
    assert "test_it_predicts" in done.stderr
    assert said in done.stderr


def test_a_forecast_is_near_and_spends_nothing(replayed: Place, records: Path) -> None:
    before = replayed.autoiot("show")
    said = replayed.autoiot("run", HEARTBEAT / "task.yaml", "--dataset", records, "--forecast")
    (together,) = [line.split() for line in said.splitlines() if "together" in line]
    usual, tokens = int(together[3]), int(together[7].replace(",", ""))
    assert abs(usual - replayed.result["usage"]["calls"]) <= 2
    assert tokens == pytest.approx(replayed.result["usage"]["input_tokens"], rel=0.2)
    assert replayed.autoiot("show") == before


def test_the_example_on_recordings_of_people(tmp_path: Path) -> None:
    if not MITDB.is_dir():
        pytest.skip(f"the MIT-BIH records are not at {MITDB}")
    place = Place(tmp_path)
    place.replay(MITDB)
    assert place.result["best"]["test"]["f1"] >= GOOD
    assert place.connections == ""


# What was recorded here


async def run(folder: Path, data: Path, source: Source, **more: Path) -> dict[str, Any]:
    folder.mkdir()
    request = RunRequest(
        task=make_task(),
        base=REPOSITORY,
        dataset=data,
        description=None,
        model="scripted",
        sandbox="process",
        out=folder / "out",
        **more,
    )
    async with opened_jobs(folder, source, ProcessSandbox()) as jobs:
        run, _ = await jobs.submit(request)
        return await jobs.run(run, nobody)


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    timeless = {name: value for name, value in result.items() if name not in ("run", "replayed")}
    timeless["versions"] = [{**version, "seconds": 0} for version in result["versions"]]
    timeless["best"] = result["best"] | {"pace": None}
    return timeless | {"usage": {**result["usage"], "seconds": 0}}


async def test_a_run_that_was_recorded_is_replayed_to_an_equal_result(tmp_path: Path) -> None:
    data, file = make_dataset(tmp_path / "data"), tmp_path / "recording.jsonl"
    first = await run(tmp_path / "one", data, ScriptedSource(make_script(), tmp_path / "calls"), record=file)
    second = await run(tmp_path / "two", data, read_recording(file), replay=file)
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert comparable(second) == comparable(first)
    assert second["changed_prompts"] == []


async def test_a_replay_on_other_data_tells_which_prompts_are_others(tmp_path: Path) -> None:
    file = tmp_path / "recording.jsonl"
    source = ScriptedSource(make_script(), tmp_path / "calls")
    await run(tmp_path / "one", make_dataset(tmp_path / "data"), source, record=file)
    # One more row in each file: the programs are the same, the measured numbers that are shown are not.
    other = await run(tmp_path / "two", make_dataset(tmp_path / "more", rows=41), read_recording(file), replay=file)
    assert other["best"]["version"] == 3
    assert "chat call of improve, iteration 1" in other["changed_prompts"]
