"""`autoiot sandbox`: one program, by hand, as the service would run it."""

import json
from pathlib import Path

import pytest
from fakes.command import Job, begin

from sandbox.protection import PROTECTIONS
from sandbox.registry import BACKENDS

PROGRAM = """
import sys
from pathlib import Path
_, _, source, _, target = sys.argv
names = sorted(path.name for path in Path(source).iterdir())
(Path(target) / "deep").mkdir()
(Path(target) / "deep" / "names.txt").write_text(" ".join(names))
print("seen", len(names))
"""
KEYS = {
    *("outcome", "exit_code", "stdout", "stderr", "files", "skipped", "seconds", "cpu_seconds"),
    *("peak_memory_mb", "flags", "isolation"),
}


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    return begin(tmp_path, monkeypatch, capsys)


@pytest.fixture
def program(job: Job) -> Path:
    path = job.folder / "program.py"
    path.write_text(PROGRAM)
    return path


def test_the_result_as_json(job: Job, program: Path) -> None:
    said = job("sandbox", "run", program, "--backend", "process", "--dataset", "job/data", "--json")
    result = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert result.keys() >= KEYS
    assert (result["outcome"], result["isolation"]) == ("ok", "none")
    assert [file["name"] for file in result["files"]] == ["deep/names.txt"]
    assert result["stdout"] == f"seen {len(list((job.folder / 'job/data').iterdir()))}\n"


def test_the_result_in_words_and_its_files(job: Job, program: Path) -> None:
    said = job("sandbox", "run", program, "--backend", "process", "--out", "left")
    assert said.code == 0
    assert "seen 0" in said.out and "ok (exit code 0)" in said.out and "isolation none" in said.out
    assert (job.folder / "left/deep/names.txt").read_text() == ""


@pytest.mark.parametrize(
    ("source", "options", "outcome"),
    [
        ("raise SystemExit(4)", [], "nonzero_exit"),
        ("while True: pass", ["--seconds", "1"], "timeout"),
        ("blocks = [bytearray(10**7) for _ in range(100)]", ["--memory-mb", "100"], "oom"),
    ],
)
def test_a_program_that_does_not_end_well(job: Job, source: str, options: list[str], outcome: str) -> None:
    (job.folder / "program.py").write_text(source)
    said = job("sandbox", "run", "program.py", "--backend", "process", "--json", *options)
    assert (said.code, json.loads(said.out)["outcome"]) == (1, outcome)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope.py"], "nope.py: No such file or directory"),
        (["program.py", "--dataset", "nope"], "--dataset nope: no such folder"),
        (["program.py", "--backend", "jail"], "--sandbox jail: choose one of auto, docker, bubblewrap, process"),
        (["program.py", "--out", "program.py"], "--out program.py: it is a file"),
        (["program.py", "--memory-mb", "1"], "--memory-mb"),
    ],
)
def test_what_cannot_be_run(job: Job, program: Path, arguments: list[str], words: str) -> None:
    assert words in job("sandbox", "run", *arguments).complaint


def test_check_names_every_backend_and_every_promise(job: Job) -> None:
    said = job("sandbox", "check")
    assert said.code == 0
    for name in BACKENDS:
        assert name in said.out
    assert all(words.keys() == set(BACKENDS) for words in PROTECTIONS.values())
