"""What a description may say, and the line that a mistake gets."""

from pathlib import Path

import pytest

from app.datasets.document import read_description
from graph.errors import DatasetInvalid

START = "name: x\ninputs: ['*.csv']\n"
LABELS = "labels: {kind: column, column: label}\n"
LISTS = "split: {train: [1], validation: [2], test: [3]}\n"


def read(tmp_path: Path, text: str):
    path = tmp_path / "dataset.yaml"
    path.write_text(text)
    return read_description(path)


def test_names_of_units_stay_as_they_are_written(tmp_path: Path):
    text = START + LABELS + "split: {train: [100, 007, 201_202], validation: [no], test: [12:30:00]}"
    split = read(tmp_path, text).split
    assert split is not None
    assert (split.train, split.validation, split.test) == (("100", "007", "201_202"), ("no",), ("12:30:00",))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "must be a mapping of fields"),
        ("- a", "must be a mapping of fields"),
        ("name: x\n\tinputs: 3", "line 2: found character"),
        ("name: x\nname: y", "line 2: 'name' is given twice"),
        ("inputs: ['*']", "name: is missing"),
        ("name: x\ninputs: '*.csv'", "inputs: must be a list"),
        ("name: x\ninputs: ['../*']", "inputs.0: must be a pattern relative to the folder"),
        ("name: x\ninputs: [/etc/*]", "inputs.0: must be a pattern relative to the folder"),
        ("name: x\ninputs: ['a**']", "inputs.0: '**' must stand alone"),
        ("name: x\ninputs: []", "inputs: needs at least one entry"),
        (START + "colour: red", "colour: is not a known field"),
        (START + "unit_pattern: '.*'", "unit_pattern: needs a group (?P<unit>...)"),
        (START + "unit_pattern: '('", "unit_pattern: is no regular expression"),
        (START + LABELS, "'labels' is given without 'split'"),
        (START + LISTS, "'split' is given without 'labels'"),
        (START + LISTS + "labels: {kind: colum}", "labels: kind must be one of"),
        (START + LISTS + "labels: {}", "labels: needs the field 'kind'"),
        (START + LISTS + "labels: {kind: folder, column: a}", "labels.column: is not a known field"),
        (START + LISTS + "labels: {kind: files, files: '*.a'}", "labels.format: is missing"),
        (START + LISTS + "labels: {kind: files, files: '*.a', format: csv}", "needs the field 'column'"),
        (START + LISTS + "labels: {kind: files, files: '*.a', format: wfdb, window: 2}", "takes none of"),
        (START + LISTS + "labels: {kind: name, pattern: a}", "labels.pattern: needs a group (?P<label>...)"),
        (
            START + LABELS + "split: {train: [1, 1], validation: [2], test: [3]}",
            "split.train: lists 1 more than",
        ),
        (START + LABELS + "split: {train: [1], validation: [2]}", "split.test: is missing"),
        (
            START + LABELS + "split: {seed: 1, train: [1], validation: 0.5, test: 0.5}",
            "split.train: must be a num",
        ),
        (
            START + LABELS + "split: {seed: 1, train: 0.5, validation: 0.5, test: 0.5}",
            "must add up to 1, not 1.5",
        ),
        (START + LABELS + "split: {train: 0.4, validation: 0.3, test: 0.3}", "split.seed: is missing"),
        (
            START + LABELS + "split: {seed: 1, train: 0.4, validation: 0.3, test: 0.3, by: subject}",
            "split.by: 'sub",
        ),
    ],
)
def test_each_mistake_gets_a_line_that_names_the_field(tmp_path: Path, text: str, line: str):
    with pytest.raises(DatasetInvalid) as raised:
        read(tmp_path, text)
    assert any(got.startswith(f"dataset.yaml: {line}") or line in got for got in str(raised.value).splitlines())
    assert all(got.startswith("dataset.yaml: ") for got in str(raised.value).splitlines())


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    with pytest.raises(DatasetInvalid) as raised:
        read(tmp_path, "inputs: 3\ncolour: red")
    assert len(str(raised.value).splitlines()) == 3


def test_yaml_runs_no_code(tmp_path: Path):
    mark = tmp_path / "ran"
    text = f"name: x\ninputs: ['*']\nabout: !!python/object/apply:os.mkdir ['{mark}']"
    with pytest.raises(DatasetInvalid, match="about: must be a text"):
        read(tmp_path, text)
    assert not mark.exists()


def test_an_absent_description_is_a_line(tmp_path: Path):
    with pytest.raises(DatasetInvalid, match=r"no\.yaml: cannot be read: No such file"):
        read_description(tmp_path / "no.yaml")
