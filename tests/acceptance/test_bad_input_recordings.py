"""Recordings that are none, or lack a call."""

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.answers import ANSWERS
from fakes.command import Job, begin

HEAD = {"autoiot_recording": 1, "task": "tiny", "made": "2026-01-01", "embedding_model": None}
CALL = {
    "kind": "chat",
    "node": "terms",
    "iteration": 0,
    "item": "",
    "model": "m",
    "input_tokens": 1,
    "output_tokens": 1,
    "usd": None,
    "outside": True,
    "request_sha256": "0",
    "request": "",
    "text": '{"terms": []}',
}


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    return begin(tmp_path, monkeypatch, capsys)


def write(job: Job, *lines: dict[str, Any]) -> None:
    (job.folder / "recording").write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", 1),
        ("garbage\n", 1),
        ("[]\n", 1),
        ('{"name": "another file"}\n', 1),
        (json.dumps(HEAD | {"autoiot_recording": 2}), 1),
        ("[" * 9000, 1),
        (json.dumps(HEAD) + "\n" + json.dumps(CALL)[:60], 2),
        (json.dumps(HEAD) + "\n" + json.dumps(CALL) + "\n{}\n", 3),
        (json.dumps(HEAD) + "\n" + json.dumps(CALL | {"text": None}), 2),
        (json.dumps(HEAD) + "\n" + json.dumps(CALL | {"kind": "search", "text": "no list"}), 2),
    ],
)
def test_a_file_that_is_no_recording(job: Job, content: str, line: int) -> None:
    (job.folder / "recording").write_text(content)
    said = job.run("--replay", "recording").complaint
    assert f"--replay {job.folder}/recording: line {line} is not a line of a recording" in said


def test_a_file_that_cannot_be_read(job: Job) -> None:
    assert "No such file" in job.run("--replay", "nope").complaint
    assert "Is a directory" in job.run("--replay", "job").complaint
    (job.folder / "recording").write_bytes(b"\xff\x00")
    assert "not a text file" in job.run("--replay", "recording").complaint


def test_a_call_that_it_lacks_is_named_with_the_nearest(job: Job) -> None:
    texts = {name: CALL | {"node": name, "text": ANSWERS[name]} for name in ("outline", "design")}
    other = CALL | {"node": "write_module", "item": "another", "text": ""}
    write(job, HEAD, CALL, *texts.values(), other)
    stopped = job.run("--replay", "recording")
    assert stopped.complaint == (
        "the recording has no chat call of write_module, iteration 0, item 'classify'; "
        "the nearest is the chat call of write_module, iteration 0, item 'another'; "
        f"`autoiot resume {stopped.run}` goes on from here"
    )
    completed = CALL | {"node": "write_module", "item": "classify", "text": ANSWERS["write_module"]}
    write(job, HEAD, CALL, *texts.values(), completed)
    assert (
        "no chat call of integrate, iteration 0, and none of that node at all" in job("resume", stopped.run).complaint
    )


def test_a_recording_that_went_away(job: Job) -> None:
    write(job, HEAD, CALL)
    run = job.run("--replay", "recording").run
    (job.folder / "recording").unlink()
    assert job("resume", run).complaint == f"--replay {job.folder}/recording: No such file or directory"
