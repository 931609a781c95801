import json
import math
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from fakes.source import make_dataset, make_task

from app.datasets.dataset import open_dataset
from app.db.plain import finite
from app.jobs.out import alone, refuse_occupied
from app.jobs.preparation import refuse_visible
from app.jobs.request import RunRequest
from app.jobs.result import write_json
from graph.errors import DatasetInvalid, TaskInvalid
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.interpreter import visible_parts
from sandbox.process import ProcessSandbox


def test_a_new_and_an_empty_folder_may_be_written(tmp_path: Path) -> None:
    refuse_occupied(tmp_path / "new")
    refuse_occupied(tmp_path)


def test_a_folder_with_a_result_may_be_written_again(tmp_path: Path) -> None:
    (tmp_path / "program.py").touch()
    (tmp_path / "result.json").write_text("{}")
    refuse_occupied(tmp_path)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "program.py").touch()
    with pytest.raises(TaskInvalid, match="holds other things"):
        refuse_occupied(tmp_path)
    with pytest.raises(TaskInvalid, match="it is a file"):
        refuse_occupied(tmp_path / "program.py")


def test_two_who_write_to_one_folder_do_so_one_after_the_other(tmp_path: Path) -> None:
    out, seen = tmp_path / "new", []

    def write() -> None:
        with alone(out):
            seen.append("second")

    with ThreadPoolExecutor() as threads:
        with alone(out):
            second = threads.submit(write)
            wait([second], timeout=0.2)
            seen.append("first")
        second.result()
    assert seen == ["first", "second"]


def test_a_file_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TaskInvalid, match="it is a file"), alone(tmp_path / "file"):
        pass


def test_json_has_no_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"a": [math.nan, (math.inf, 1.5)], "b": {"c": -math.inf}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": [None, [None, 1.5]], "b": {"c": None}}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert finite("nan") == "nan"


@pytest.mark.parametrize("optional", [None, Path("/somewhere/else")])
def test_a_request_is_kept_whole(optional: Path | None, tmp_path: Path) -> None:
    request = RunRequest(
        task=make_task(),
        base=tmp_path,
        dataset=tmp_path / "data",
        description=optional,
        model="m",
        sandbox="auto",
        out=tmp_path / "out",
        replay=optional,
        record=optional,
        asks_person=True,
    )
    kept = json.loads(json.dumps(request.as_json()))
    assert RunRequest.from_json(kept) == request


def test_data_where_programs_in_bubblewrap_can_read_is_refused(tmp_path: Path) -> None:
    sandbox = BubblewrapSandbox()
    refuse_visible(make_dataset(tmp_path / "data"), sandbox)
    for shown in (Path("/usr/share/records"), Path("/lib/records"), visible_parts(sandbox.python)[0] / "records"):
        with pytest.raises(DatasetInvalid, match="and so the labels"):
            refuse_visible(shown, sandbox)


def test_without_bubblewrap_data_may_lie_there(tmp_path: Path) -> None:
    assert open_dataset(make_dataset(tmp_path / "data")).measured
    refuse_visible(Path("/usr/share/records"), ProcessSandbox())
