"""Whatever is wrong with what a person gives: one line to act on, before anything is spent."""

from pathlib import Path

import pytest
from fakes.command import Job, begin
from fakes.tiny import DESCRIPTION


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    return begin(tmp_path, monkeypatch, capsys)


def test_a_task_file_that_is_not_there_or_is_a_folder(job: Job) -> None:
    assert job("run", "nope.yaml").complaint == "nope.yaml: No such file or directory"
    assert job("run", job.folder).complaint == f"{job.folder}: Is a directory"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: [", "line 1: not valid YAML"),
        (b"- a", "not a task"),
        (b"", "not a task"),
        (b"\xff\xfe", "not a UTF-8 text file"),
        (b"a: \0", "not valid YAML: special characters"),
        (b"[" * 2000, "not valid YAML"),
        (b"day: 2026-13-45", "not valid YAML: month"),
        (b"name: a\nname: b", "line 2: not valid YAML: 'name' is given twice"),
    ],
)
def test_a_task_file_that_is_no_mapping(job: Job, content: bytes, words: str) -> None:
    job.task.write_bytes(content)
    said = job.run().complaint
    assert said.startswith(str(job.task)) and words in said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("iterations: 1", "iteration: 1", "iteration: there is no such field; remove it"),
        ("target:", "remarks:", "target: this field is missing"),
        ("name: tiny", "name: 12", "name: must be a text"),
        ("name: tiny", "name: ''", "name: must not be empty"),
        ("iterations: 1", "iterations: many", "iterations: must be a whole number"),
        ("iterations: 1", "iterations: 1000", "iterations: Input should be less than or equal to 200"),
        ("max_seconds: 60", "max_seconds: -1", "constraints.max_seconds: Input should be greater than 0"),
        ("{max_seconds: 60}", "[60]", "constraints: must be a mapping"),
        ("{max_seconds: 60}", "{packages: numpy}", "constraints.packages: must be a list"),
        (
            "{max_seconds: 60}",
            "{packages: ['x @ http://a/b']}",
            "packages.0: 'x @ http://a/b': packages come",
        ),
        ("{max_seconds: 60}", "{packages: [./x.whl]}", "'./x.whl' is not a package and its version; write e.g."),
        ("{max_seconds: 60}", "{packages: [nowhere]}", "The plain process has no nowhere. Choose docker or bubblewrap"),
        ("maximize", "up", "scoring.direction: Input should be 'maximize' or 'minimize'"),
        ("maximize", "minimize", "metric macro_f1 of scorer classification is to maximize, not to minimize"),
        ("maximize", "maximize, target: 2", "target 2: macro_f1 lies between 0 and 1"),
        ("maximize", "maximize, tolerance_ms: 9", "tolerance_ms belongs to the scorer r_peaks"),
        ("scorer: classification", "scorer: guess", "there is no scorer 'guess'"),
        ("scorer: classification", "scorer: own.py", "'own.py' in"),
        ("scorer: classification", "scorer: regression", "choose classification"),
        ("macro_f1", "beauty", "does not measure 'beauty': choose accuracy, macro_f1"),
        ("dataset: data\n", "", "no data: add `dataset: FOLDER` or pass --dataset FOLDER"),
        ("iterations: 1", "knowledge: [nope]", "knowledge: nope: no such file or folder"),
        ("iterations: 1", "knowledge: nope", "knowledge: must be a list"),
    ],
)
def test_a_task_that_contradicts_itself(job: Job, old: str, new: str, words: str) -> None:
    job.rewrite(old, new)
    assert words in job.run().complaint


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--record", "r", "--replay", "s"], "--record and --replay exclude each other"),
        (["--record", "nowhere/r"], "--record nowhere/r: its folder does not exist"),
        (["--record", "job"], "--record job: it is a folder"),
        (["--sandbox", "jail"], "--sandbox jail: choose one of"),
        (["--iterations", "-1"], "'--iterations': Input should be greater than or equal to 0"),
        (["--iterations", "x"], "'--iterations'"),
        (["--description", "nope.yaml"], "--description nope.yaml: no such file"),
        (["--dataset", "nodata"], "there is no such folder"),
        (["--dataset", "job/task.yaml"], "there is no such folder"),
        (["--dataset", "empty"], "no file matches"),
        (["--out", "job/task.yaml"], "it is a file"),
        (["--out", "job"], "holds other things"),
        (["--out", "job/task.yaml/x"], "it cannot be made: Not a directory"),
        (["--nonsense"], "No such option: --nonsense"),
    ],
)
def test_options_that_cannot_be(job: Job, options: list[str], words: str) -> None:
    (job.folder / "empty").mkdir()
    before = sorted(job.folder.iterdir())
    assert words in job.run(*options).complaint
    assert [path for path in sorted(job.folder.iterdir()) if path != job.home] == before


def test_a_folder_for_the_result_that_can_be_made_is_not_made_yet(job: Job) -> None:
    job.rewrite("macro_f1", "beauty")
    job.run("--out", "a/b/c").complaint  # noqa: B018
    assert not (job.folder / "a").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: [", "dataset.yaml: line 1"),
        ("- a", "dataset.yaml: must be a mapping"),
        (DESCRIPTION + "colour: red\n", "dataset.yaml: colour: is not a known field"),
        (DESCRIPTION.replace("[c1, c2, c3]", "[a1, c2]"), "unit 'a1' is in train and in test"),
        (DESCRIPTION.replace("[c1, c2, c3]", "[c1, d9]"), "d9"),
        (DESCRIPTION.replace("column: label", "column: lable"), "lable"),
        ("name: a\ninputs: 3\nlabels: 4\nsplit: x\n", "(and 2 more)"),
    ],
)
def test_a_description_that_is_wrong(job: Job, content: str, words: str) -> None:
    (job.folder / "job/data/dataset.yaml").write_text(content)
    assert words in job.run().complaint


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OPENAI_BASE_URL", "somewhere", "'somewhere' is not an address"),
        ("OPENAI_BASE_URL", "http://", "is not an address"),
        ("OPENAI_BASE_URL", "http://a:b/v1", "is not an address"),
        ("OPENAI_API_KEY", "ключ", "characters that no key has"),
        ("AUTOIOT_MODEL_TIMEOUT", "soon", "valid number"),
        ("AUTOIOT_MODEL_TIMEOUT", "0", "greater than 0"),
        ("AUTOIOT_MODEL_RETRIES", "-1", "greater than or equal to 0"),
        ("AUTOIOT_PARALLEL_CALLS", "1.5", "valid integer"),
        ("AUTOIOT_SANDBOX", "jail", "'auto', 'docker', 'bubblewrap' or 'process'"),
        ("AUTOIOT_PRICES", "nope", "nope is not a table"),
        ("AUTOIOT_HOME", "job/task.yaml", "it is a file"),
    ],
)
def test_a_setting_that_is_wrong(job: Job, name: str, value: str, words: str) -> None:
    job.monkeypatch.setenv(name, value)
    said = job.run().complaint
    assert said.startswith(f"{name}: ") and words in said


def test_a_setting_that_is_wrong_in_the_file(job: Job) -> None:
    job.monkeypatch.delenv("AUTOIOT_MODEL_RETRIES")
    (job.folder / ".env").write_text("AUTOIOT_MODEL_RETRIES=x\n")
    assert job.run().complaint.startswith("AUTOIOT_MODEL_RETRIES: ")
    (job.folder / ".env").write_bytes(b"\xff")
    assert job.run().complaint == ".env: not a UTF-8 text file"


def test_without_a_key(job: Job) -> None:
    job.monkeypatch.delenv("OPENAI_BASE_URL")
    job.monkeypatch.setenv("OPENAI_API_KEY", " \n")
    assert job.run().complaint.startswith("no key: set OPENAI_API_KEY, or OPENAI_BASE_URL")


def test_a_budget_of_money_for_a_model_of_unknown_price(job: Job) -> None:
    job.rewrite("iterations: 1", "iterations: 1\nbudget: {usd: 0.5}")
    job.monkeypatch.setenv("AUTOIOT_MODEL", "desk")
    for table in ("", "other: {input: 1, output: 2}"):
        (job.folder / "prices.yaml").write_text(table)
        job.monkeypatch.setenv("AUTOIOT_PRICES", str(job.folder / "prices.yaml"))
        assert job.run().complaint.startswith("budget.usd: what desk costs is not known")


def test_a_forecast_says_where_the_budget_does_not_last(job: Job) -> None:
    words = "The budget does not last for what is usual"
    assert words not in job.run("--forecast").out
    job.rewrite("iterations: 1", "iterations: 1\nbudget: {calls: 1}")
    assert words in job.run("--forecast").out


def test_a_command_that_is_not_there(job: Job) -> None:
    assert job("fly").complaint == "No such command 'fly'; see `autoiot --help`"
    assert job("run").complaint == "Missing argument 'TASK'; see `autoiot run --help`"
    assert job("dataset").complaint == "Missing command; see `autoiot dataset --help`"


def test_a_home_that_holds_no_database(job: Job) -> None:
    job.home.mkdir()
    (job.home / "autoiot.db").write_bytes(b"garbage" * 1000)
    assert job.run().complaint.startswith("the database under AUTOIOT_HOME cannot be used")
