"""The examples: tasks that can be read, recordings that fit them, and data that is cut and split as they say."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.datasets.dataset import open_dataset
from app.jobs.taskfile import read_task
from app.providers.recording import read_recording

EXAMPLES = Path(__file__).parents[2] / "examples"
DATA = EXAMPLES.parents[1] / "shared" / "data"
SPLITS = ("train", "validation", "test")
RECORDED = sorted(file.parent.name for file in EXAMPLES.glob("*/recording.jsonl"))


def test_all_examples_are_here() -> None:
    assert {"heartbeat", "radar", "walking"} == set(RECORDED)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_goes_from_the_first_question_to_the_document(name: str) -> None:
    task = read_task(EXAMPLES / name / "task.yaml")
    calls = [key for key in read_recording(EXAMPLES / name / "recording.jsonl").calls if key.kind == "chat"]
    assert {"terms", "outline", "design", "document"} <= {key.node for key in calls}
    beside = {key.item for key in calls if key.node == "write_draft"}
    assert beside == {str(number) for number in range(1, task.drafts_beside + 1)}
    # These are tried first, and need no further question.
    candidates = {key.iteration for key in calls if key.node in ("improve", "draft")}
    assert candidates == set(range(len(beside) + 1, task.iterations + 1))


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_tells_nothing_of_where_it_was_made(name: str) -> None:
    text = (EXAMPLES / name / "recording.jsonl").read_text(encoding="utf-8")
    # What a program is called inside its sandbox is the same everywhere.
    paths = set(re.findall(r"(?<![\w.])/(?:home|root|work|mnt|data|Users|tmp)/[\w./-]+", text))
    assert paths <= {"/tmp/program.py"}


def test_a_radar_recording_is_cut_into_windows_of_two_seconds(tmp_path: Path) -> None:
    for activity in ("walk", "jump"):
        for number in range(1, 5):
            folder = tmp_path / "train" / activity
            folder.mkdir(parents=True, exist_ok=True)
            t = np.linspace(100.0, 105.0, 501)
            np.savez(folder / f"20_{activity}_{number}.npz", seq=np.arange(501), t=t, xyz=np.zeros((501, 3)))
    script = EXAMPLES / "radar" / "windows.py"
    subprocess.run([sys.executable, str(script), str(tmp_path / "train"), str(tmp_path / "out")], check=True)
    files = sorted((tmp_path / "out" / "walk").iterdir())
    assert [file.name for file in files[:3]] == ["20_walk_1_w00.npz", "20_walk_1_w01.npz", "20_walk_2_w00.npz"]
    with np.load(files[1]) as window:
        assert set(window) == {"t", "xyz"}
        assert window["t"].min() >= 102.0 and window["t"].max() < 104.0
        assert len(window["t"]) == len(window["xyz"]) == 200
    apart(tmp_path / "out", None, r"_w\d+$")


@pytest.mark.skipif(not (DATA / "sp-sw-har").is_dir(), reason="no recordings of walks beside the repository")
def test_people_who_walk_are_in_one_split_each() -> None:
    apart(DATA / "sp-sw-har", EXAMPLES / "walking" / "sp-sw-har.dataset.yaml", r"_\d+$")


def apart(folder: Path, description: Path | None, ending: str) -> None:
    """No subject is in two splits."""
    dataset = open_dataset(folder, description)
    groups = [{re.sub(ending, "", unit.name) for unit in dataset.of(split)} for split in SPLITS]
    assert all(groups)
    assert sum(map(len, groups)) == len(set[str]().union(*groups))
