"""The labels, as the scorers get them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_datasets import COLUMN, THREE, Build

from app.datasets.dataset import open_dataset
from app.datasets.layout import lay_out
from app.datasets.preflight import examine
from app.datasets.truth import read_truth
from graph.errors import DatasetInvalid


def rows(folder: Path) -> list[list[object]]:
    return read_truth(open_dataset(folder), "test").frame.to_numpy().tolist()


def test_beats_are_the_annotations_that_mark_one(records: Path):
    truth = read_truth(open_dataset(records), "test")
    assert truth.kind == "samples"
    assert truth.frame.to_numpy().tolist() == [["c", 102], ["c", 300]]
    assert (truth.units, truth.rates, truth.lengths) == (("c",), {"c": 100.0}, {"c": 1000})


def test_classes_of_a_column(columns: Path):
    assert rows(columns) == [["c", 0, "WALKING"], ["c", 1, "SITTING"]]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("value: class", ["1", "2", "2", "4", "5"]),
        ("value: number", [1.0, 2.0, 2.0, 4.0, 5.0]),
        ("value: class, window: 3", ["2"]),
        ("value: class, window: 2", ["1", "2"]),
        ("value: number, window: 2", [1.5, 3.0]),
        ("value: number, window: 5", [2.8]),
    ],
)
def test_values_and_windows(build: Build, labels: str, expected: list[object]):
    content = "x,label\n0,1\n0,2\n0,2\n0,4\n0,5\n"
    description = COLUMN.replace("column: label", f"column: label, {labels}")
    folder = build({f"{unit}.csv": content for unit in "abc"}, description)
    assert rows(folder) == [["c", place, value] for place, value in enumerate(expected)]


@pytest.mark.parametrize("cell", ["", "high", "nan", "inf"])
def test_a_label_that_is_no_number_is_told_with_its_row(build: Build, cell: str):
    folder = build(
        {f"{unit}.csv": f"x,label\n1,1\n1,{cell}\n" for unit in "abc"},
        COLUMN.replace("column: label", "column: label, value: number"),
    )
    with pytest.raises(DatasetInvalid, match=r"c\.csv has no .*label in row 1"):
        rows(folder)


def test_label_files_of_csv(build: Build):
    files = {f"{unit}.csv": "x\n1\n2\n" for unit in "abc"}
    files |= {f"labels/{unit}.csv": "when,what\n1,P\n2,Q\n" for unit in "abc"}
    labels = "labels: {kind: files, files: 'labels/*.csv', format: csv, column: what}\n"
    folder = build({**files}, "name: t\ninputs: ['*.csv']\n" + labels + THREE)
    assert rows(folder) == [["c", 0, "P"], ["c", 1, "Q"]]


def test_one_of_two_devices_gives_the_labels_and_both_lose_the_column(build: Build, tmp_path: Path):
    files = {f"{u}_{d}.csv": f"x,label\n1,{d.upper()}\n2,Q\n" for u in "abc" for d in ("sp", "sw")}
    text = COLUMN + "unit_pattern: '^(?P<unit>[abc])_'\n"
    folder = build({**files}, text)
    with pytest.raises(DatasetInvalid, match=r"say in labels\.files which counts"):
        rows(folder)
    (folder / "dataset.yaml").write_text(text.replace("column: label", "column: label, files: '*_sw.csv'"))
    assert rows(folder) == [["c", 0, "SW"], ["c", 1, "Q"]]
    out = lay_out(open_dataset(folder), "test", tmp_path / "out")
    assert [path.read_text() for path in sorted((out / "unlabelled").iterdir())] == ["x\n1\n2\n"] * 2


def test_mitdb(real: Callable[[str], Path], tmp_path: Path):
    description = tmp_path / "mitdb.yaml"
    description.write_text(
        "name: mitdb\nunit: record\ninputs: ['*.hea', '*.dat']\n"
        "labels: {kind: files, files: '*.atr', format: wfdb}\n"
        "split: {train: [101, 103], validation: [105], test: [100, 203]}\n"
    )
    dataset = open_dataset(real("mitdb"), description)
    truth = read_truth(dataset, "test")
    assert dict(truth.frame.groupby("unit").size()) == {"100": 2273, "203": 2980}
    assert (truth.rates["100"], truth.lengths["100"]) == (360.0, 650000)
    assert examine(dataset).problems == ()
    out = lay_out(dataset, "test", tmp_path / "out")
    assert sorted(path.name for path in (out / "unlabelled").iterdir()) == [
        "100.dat",
        "100.hea",
        "203.dat",
        "203.hea",
    ]


@pytest.mark.parametrize(("window", "per_unit"), [("", 1), (", window: 200", 200)])
def test_sp_sw_har(real: Callable[[str], Path], tmp_path: Path, window: str, per_unit: int):
    description = tmp_path / "har.yaml"
    description.write_text(
        "name: har\ninputs: ['s*/*_sp.csv']\nunit_pattern: '(?P<unit>(?P<subject>s\\d\\d)_\\d\\d)_sp'\n"
        f"shared: [subjects_info.csv]\nlabels: {{kind: column, column: label{window}}}\n"
        "split: {seed: 7, train: 0.4, validation: 0.3, test: 0.3}\n"
    )
    dataset = open_dataset(real("sp-sw-har"), description)
    assert examine(dataset).problems == ()
    truth = read_truth(dataset, "test")
    lines = {unit.name: (dataset.folder / unit.files[0]).read_text().count("\n") - 1 for unit in dataset.of("test")}
    assert dict(truth.frame.groupby("unit").size()) == {name: count // per_unit for name, count in lines.items()}
    assert set(truth.frame["label"]) == {"SEATED", "STANDING_UP", "WALKING", "TURNING", "SITTING_DOWN"}
    out = lay_out(dataset, "test", tmp_path / "out")
    seen = b"".join(path.read_bytes() for path in (out / "unlabelled").rglob("*.csv"))
    assert not any(label.encode() in seen for label in {*truth.frame["label"], "label"})


def test_radhar(real: Callable[[str], Path], tmp_path: Path):
    description = tmp_path / "radhar.yaml"
    description.write_text(
        "name: radhar\ninputs: ['Train/*/*.npz']\nlabels: {kind: folder}\n"
        "split: {seed: 7, train: 0.4, validation: 0.3, test: 0.3}\n"
    )
    dataset = open_dataset(real("radhar"), description)
    assert examine(dataset).problems == ()
    truth = read_truth(dataset, "test")
    assert list(truth.frame.columns) == ["unit", "label"]
    assert set(truth.frame["label"]) == {"boxing", "jack", "jump", "squats", "walk"}
    out = lay_out(dataset, "test", tmp_path / "out")
    assert sorted(path.stem for path in (out / "unlabelled").iterdir()) == sorted(truth.units)
