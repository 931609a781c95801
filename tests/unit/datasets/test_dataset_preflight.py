"""Every way in which a dataset can be wrong has its line."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tiny_datasets import BEATS, COLUMN, FOLDERS, THREE, Build, write_record

from app.datasets.dataset import open_dataset
from app.datasets.preflight import examine

OK = "x,label\n1,P\n2,Q\n"


def problems(folder: Path) -> str:
    return "\n".join(examine(open_dataset(folder)).problems)


def notes(folder: Path) -> str:
    return "\n".join(examine(open_dataset(folder)).notes)


def arrays(**content: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **content)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["columns", "folders", "records"])
def test_a_sound_dataset_has_no_problems(request: pytest.FixtureRequest, kind: str):
    assert problems(request.getfixturevalue(kind)) == ""


def test_missing_folder_and_no_files(tmp_path: Path, build: Build):
    assert "there is no such folder" in problems(tmp_path / "nowhere")
    assert "no file matches inputs: *.csv" in problems(build({"a.txt": ""}, COLUMN))
    text = COLUMN + "unit_pattern: 's(?P<unit>[0-9])'\n"
    assert "unit_pattern finds no unit in any file's path, such as b.csv" in problems(build({"b.csv": OK}, text))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "c.csv is empty"),
        ("x\n1\n", "c.csv has no column 'label'"),
        ("x,label\n", "c.csv has no rows"),
        ("x,label\n1\n2,Q\n", "c.csv has no label in row 0"),
        ("x,label\n1,P,3\n", "c.csv cannot be read: "),
        (b"\xff\xfe\x00", "c.csv cannot be read: "),
        ("label,label\nP,Q\n", "c.csv has 2 columns 'label'"),
        ("x,label\n1,P\n", "split test has one class only: P"),
    ],
)
def test_broken_csv(build: Build, content: str | bytes, line: str):
    assert line in problems(build({"a.csv": OK, "b.csv": OK, "c.csv": content}, COLUMN))


@pytest.mark.parametrize(
    ("split", "line"),
    [
        ("{train: [a], validation: [b], test: [c, z]}", "split.test lists 'z', of which there are no files"),
        ("{train: [a, c], validation: [b], test: [c]}", "unit 'c' is in train and in test"),
        ("{train: [a], validation: [b], test: []}", "split test is empty"),
        (
            "{train: [a], validation: [b], test: [c], groups: {a: anna, c: anna}}",
            "subject 'anna' is in train and in test",
        ),
    ],
)
def test_broken_splits(build: Build, split: str, line: str):
    folder = build({f"{u}.csv": OK for u in "abc"}, COLUMN.split("split")[0] + f"split: {split}\n")
    assert line in problems(folder)


def test_a_division_of_subjects_that_was_asked_for_is_a_note(build: Build):
    split = "split: {seed: 1, train: 0.4, validation: 0.3, test: 0.3, by: unit, groups: {a: s, b: s, c: s}}\n"
    folder = build({f"{u}.csv": OK for u in "abc"}, COLUMN.split("split")[0] + split)
    assert problems(folder) == ""
    assert "subject 's' is in" in notes(folder)


def lose(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def cut(name: str, size: int) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size]) and None


def point_out(folder: Path) -> None:
    (folder / "c.hea").write_text((folder / "c.hea").read_text().replace("c.dat", "/etc/passwd"))


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (lose("c.atr"), "c has no label file"),
        (lose("c.hea"), "c has 0 .hea files"),
        (lose("c.dat"), "c.hea names c.dat, which is not among the inputs"),
        (cut("c.dat", 1999), "the signal of c.hea cannot be read"),
        (cut("c.dat", 0), "c.dat is empty"),
        (cut("c.hea", 0), "c.hea is empty"),
        (cut("c.hea", 3), "c.hea lacks the sampling rate"),
        (cut("c.atr", 0), "c.atr is empty"),
        (cut("c.atr", 3), "c.atr cannot be read"),
        (lambda folder: (folder / "c.hea").write_text("?") and None, "c.hea cannot be read"),
        (point_out, "c.hea cannot be read: invalid syntax in signal line"),
        (lambda folder: write_record(folder, "c", [100], ["+"]), "split test has no beat at all"),
        (lambda folder: write_record(folder, "c", [5000]), "c.atr has beats outside the 1000 samples"),
    ],
)
def test_broken_records(records: Path, harm: Callable[[Path], None], line: str):
    harm(records)
    assert line in problems(records)


def test_labels_that_inputs_or_shared_would_show(records: Path, columns: Path):
    (records / "dataset.yaml").write_text(BEATS.replace("'*.dat'", "'*.dat', '*.atr'"))
    assert "b.atr is a label file, but inputs or shared match it too" in problems(records)
    (records / "dataset.yaml").write_text(BEATS + "shared: ['a.atr']\n")
    assert "a.atr is a label file, but inputs or shared match it too" in problems(records)


def test_a_shared_file_with_the_label_column(columns: Path):
    (columns / "all.csv").write_text("unit,label\nc,WALKING\n")
    (columns / "dataset.yaml").write_text(COLUMN + "shared: ['all.csv']\n")
    assert "the shared file all.csv has the label column" in problems(columns)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("walk/run_1.csv", "x\n9\n", "walk/run_1.csv claim the same unit 'run_1'"),
        ("walk/run_1.csv", "x\n9\n", "the files of unit 'run_1' tell several classes: run, walk"),
        ("walk/x.hea", "x 1 100 10\n", "x is a WFDB record"),
        ("walk/x.walk", "1", "x has its class as the suffix"),
        ("walk/x.npz", b"PK\x03\x04no", "walk/x.npz cannot be read"),
        ("walk/x.npz", arrays(a=np.array([{}], dtype=object)), "walk/x.npz cannot be read: Object arrays"),
        ("walk/x.npz", arrays(a=np.arange(999))[:500], "walk/x.npz cannot be read"),
        ("walk/x.npy", b"cos\nsystem\n(S'true'\ntR.", "walk/x.npy cannot be read"),
        ("labels.csv", "x\n1\n", "a file labels.csv of its own"),
        ("root.csv", "x\n1\n", "unit 'root' has no class"),
    ],
)
def test_broken_folders(folders: Path, name: str, content: str | bytes, line: str):
    path = folders / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (folders / "dataset.yaml").write_text(FOLDERS.replace("'*/*'", "'**/*'"))
    assert line in problems(folders)


def test_notes(build: Build):
    text = COLUMN.replace("column: label", "column: label, window: 2") + "unit_pattern: '^(?P<unit>[a-e])'\n"
    files = {"a.csv": OK, "b.csv": OK, "c.csv": "x,label\n1,Z\n", "d.csv": OK + "1,P\n", "other.csv": OK}
    told = notes(build({**files}, text))
    assert "unit 'd' is in no split" in told
    assert "other.csv belongs to no unit" in told
    assert "unit 'c' is shorter than one window" in told
    assert "units of different splits hold the same bytes: a, b" in told


def test_inputs_with_a_column_of_the_label_files_name_are_a_note(build: Build):
    labels = "labels: {kind: files, files: 'l/*.csv', format: csv, column: label}\n"
    text = "name: t\ninputs: ['*.csv']\n" + labels + THREE
    folder = build({f"{place}{u}.csv": OK for u in "abc" for place in ("", "l/")}, text)
    assert "the input c.csv has a column 'label', as the label files do" in notes(folder)


def test_equal_names_in_two_folders_are_no_problem_without_labels(build: Build):
    folder = build({"README": "x"}, None)
    for name in "st":
        (folder / name).mkdir()
        write_record(folder / name, "a", [])
    assert problems(folder) == ""


def test_a_class_that_train_lacks_is_a_note(build: Build):
    files = {"a.csv": OK, "b.csv": OK, "c.csv": OK + "3,NEW\n"}
    assert "class NEW is in test, but not in train" in notes(build({**files}, COLUMN))


def test_everything_is_found_at_once(build: Build):
    found = problems(build({"a.csv": "", "b.csv": "x\n1\n", "c.csv": OK}, COLUMN.replace("[c]", "[c, z]")))
    assert len(found.splitlines()) >= 3
