from pathlib import Path

import pytest
from fakes.tiny import write_job

from app.cli.remote.order import Data, choose_data, task_body
from app.jobs.taskfile import read_task
from graph.errors import TaskInvalid


@pytest.fixture
def task_file(tmp_path: Path) -> Path:
    (tmp_path / "other").mkdir()
    return write_job(tmp_path / "job")


@pytest.mark.parametrize(
    ("given", "name", "data"),
    [
        (None, None, Data("data", Path("job/data"))),
        (None, "mitdb", Data("mitdb")),
        ("other", None, Data("other", Path("other"))),
        ("other", "mine", Data("mine", Path("other"))),
        ("mitdb", None, Data("mitdb")),
    ],
)
def test_which_data(
    task_file: Path, monkeypatch: pytest.MonkeyPatch, given: str | None, name: str | None, data: Data
) -> None:
    monkeypatch.chdir(task_file.parent.parent)
    file = Path("job/task.yaml")
    assert choose_data(file, read_task(file), given, name) == data


@pytest.mark.parametrize(
    ("given", "name"), [("no/folder", None), ("nowhere", "mine"), (None, "a b"), ("task.yaml", None)]
)
def test_no_data(task_file: Path, monkeypatch: pytest.MonkeyPatch, given: str | None, name: str | None) -> None:
    monkeypatch.chdir(task_file.parent)
    with pytest.raises(TaskInvalid):
        choose_data(task_file, read_task(task_file), given, name)


def test_what_names_files_of_this_machine_is_not_sent(task_file: Path) -> None:
    task = read_task(task_file).model_copy(update={"knowledge": ("notes",)})
    assert task_body(task, task_file.parent, without_knowledge=False)["knowledge"] == ["notes"]
    (task_file.parent / "notes").mkdir()
    with pytest.raises(TaskInvalid, match="--without-knowledge"):
        task_body(task, task_file.parent, without_knowledge=False)
    assert {"dataset", "knowledge"}.isdisjoint(task_body(task, task_file.parent, without_knowledge=True))
    own = task.model_copy(update={"scoring": task.scoring and task.scoring.model_copy(update={"scorer": "mine.py"})})
    with pytest.raises(TaskInvalid, match="scorer of your own"):
        task_body(own, task_file.parent, without_knowledge=True)
