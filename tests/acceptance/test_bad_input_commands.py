"""What looks at runs, programs and datasets: on good and on bad arguments."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.command import KEY, Job, begin
from fakes.server import fails, model_server

GOOD = """\
import csv, pathlib, sys
folder, output = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[4])
with (output / "predictions.csv").open("w") as target:
    print("unit,index,label", file=target)
    for file in (folder / "unlabelled").glob("*.csv"):
        for index, row in enumerate(csv.DictReader(file.open())):
            print(file.stem, index, "high" if float(row["level"]) > 0 else "low", sep=",", file=target)
"""


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Job]:
    job = begin(tmp_path, monkeypatch, capsys)
    (tmp_path / "program.py").write_text(GOOD)
    yield job


def test_show(job: Job) -> None:
    with model_server() as server:
        job.ask(server)
        server.script["outline"] = [fails(401)]
        job.monkeypatch.setenv("COLUMNS", "40")
        run = job.run().run
        stopped = job("show", run)
        assert "stopped: can be resumed" in stopped.out and "check OPENAI_API_KEY" in stopped.out
        # Also in a narrow terminal a name stays in one piece.
        assert run in job("show").out
        job("resume", run)
    assert "finished" in job("show", run).out
    found = json.loads(job("show", run, "--json").out)
    assert (found["run"], found["status"], len(found["versions"])) == (run, "finished", 1)
    assert [call["status"] for call in found["calls"] if call["node"] == "outline"] == ["failed", "finished"]


def test_show_a_run_that_is_not_there(job: Job) -> None:
    words = "there is no run 'nope' here: `autoiot show` lists them"
    assert words in job("show", "nope").complaint
    assert words in job("show", "nope", "--json").complaint
    assert words in job("resume", "nope").complaint
    assert job("show").code == 0


def test_score(job: Job) -> None:
    said = job("score", "program.py", "--dataset", "job/data", "--json")
    found = json.loads(said.out)
    assert (said.code, said.err, found["metrics"]["macro_f1"], len(found["units"])) == (0, "", 1.0, 3)
    assert "measured on validation" in job("score", "program.py", "--dataset", "job/data", "--split", "validation").out


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise SystemExit('no such sensor')", "the program failed: "),
        ("print('done')", "the program failed: "),
        (GOOD.replace("unit,index,label", "a,b,c"), "predictions.csv cannot be scored"),
        (GOOD.replace('"low"', '"low\\nb1,x"'), "predictions.csv cannot be scored"),
        ("def (", "the program failed: "),
    ],
)
def test_score_a_program_that_fails(job: Job, program: str, words: str) -> None:
    (job.folder / "program.py").write_text(program)
    said = job("score", "program.py", "--dataset", "job/data")
    assert (said.code, said.out) == (1, "")
    assert words in said.line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope.py", "--dataset", "job/data"], "nope.py: No such file or directory"),
        (["job", "--dataset", "job/data"], "job: Is a directory"),
        (["program.py"], "Missing option '--dataset'"),
        (["program.py", "--dataset", "nope"], "there is no such folder"),
        (["program.py", "--dataset", "plain"], "no dataset.yaml, so there are no labels to measure with"),
        (["program.py", "--dataset", "job/data", "--split", "train"], "--split"),
        (["program.py", "--dataset", "job/data", "--task", "nope.yaml"], "nope.yaml: No such file"),
        (
            ["program.py", "--dataset", "job/data", "--description", "nope.yaml"],
            "nope.yaml: no such file",
        ),
        (["program.py", "--dataset", "job/data", "--sandbox", "jail"], "jail"),
        (["other/program.py", "--dataset", "job/data"], "not a result of AutoIOT; pass --task"),
    ],
)
def test_score_without_what_it_takes(job: Job, arguments: list[str], words: str) -> None:
    for name in ("plain", "other"):
        (job.folder / name).mkdir()
    (job.folder / "plain/a.csv").write_text("level\n1\n")
    (job.folder / "other/program.py").write_text(GOOD)
    (job.folder / "other/result.json").write_text('{"task": 1')
    assert words in job("score", *arguments).complaint


def test_doctor(job: Job) -> None:
    said = job("doctor")
    assert said.code == 0 and "with a key" in said.out and KEY not in said.out
    job.monkeypatch.setenv("OPENAI_BASE_URL", "somewhere")
    assert "'somewhere' is not an address" in job("doctor").complaint
    job.monkeypatch.delenv("OPENAI_BASE_URL")
    job.monkeypatch.delenv("OPENAI_API_KEY")
    assert re.search("fix.*no key: set OPENAI_API_KEY", job("doctor").out)
    job.monkeypatch.setenv("AUTOIOT_MODEL_RETRIES", "x")
    assert job("doctor").complaint.startswith("AUTOIOT_MODEL_RETRIES: ")


def test_dataset_check(job: Job) -> None:
    said = job("dataset", "check", "job/data")
    assert (said.code, said.err, said.out) == (0, "", "job/data: 9 units; train 3, validation 3, test 3\n")
    missing = job("dataset", "check", "nope")
    assert (missing.code, missing.out) == (2, "problem: there is no such folder\n")
    (job.folder / "job/data/dataset.yaml").write_text("a: [")
    assert job("dataset", "check", "job/data").complaint.startswith("dataset.yaml: line 1")
    assert job("dataset", "get", "everything").complaint.startswith("everything: there is no such dataset here")


def test_help_of_every_command(job: Job) -> None:
    assert job().out == job("--help").out
    for command in ("run", "resume", "show", "score", "doctor", "dataset", "images", "sandbox"):
        assert command in job("--help").out
        said = job(command, "--help")
        assert said.code == 0 and f"autoiot {command}" in said.out
