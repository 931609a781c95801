"""What a program gets to see, and above all what it does not."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_datasets import COLUMN, FOLDERS, Build, write_record

from app.datasets import layout
from app.datasets.dataset import open_dataset
from app.datasets.layout import lay_out
from app.datasets.truth import read_truth
from graph.errors import DatasetInvalid


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def everything(folder: Path) -> bytes:
    """Names and content of all files, in one."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in paths)


def test_a_column_of_labels_is_cut_out_and_the_rest_kept(columns: Path, tmp_path: Path):
    out = lay_out(open_dataset(columns), "test", tmp_path / "out")
    assert tree(out) == ["labelled/a.csv", "unlabelled/c.csv"]
    assert (out / "unlabelled/c.csv").read_bytes() == b"x\n99\n2.50\n"
    assert (out / "labelled/a.csv").read_bytes() == (columns / "a.csv").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        "label,x,label\nWALKING,1,WALKING\n",
        "x, Label \n1,WALKING\n",
        "x,label, Label \n1,WALKING,WALKING\n",
        '\ufeff"label",x\nWALKING,1\n',
        "x,label\r\n1,WALKING\r\n",
        'x,label\n"a\nb",WALKING\n',
        "x,label\n7,1,WALKING\n7,2,SITTING\n",
        "label\nWALKING\n",
    ],
)
def test_no_spelling_of_a_csv_file_lets_its_labels_through(build: Build, tmp_path: Path, content: str):
    folder = build({"a.csv": "x,label\n1,P\n", "b.csv": "x,label\n1,P\n", "c.csv": content}, COLUMN)
    try:
        out = lay_out(open_dataset(folder), "test", tmp_path / "out")
    except DatasetInvalid:
        assert not (tmp_path / "out").exists()
    else:
        assert b"WALKING" not in everything(out / "unlabelled")
        assert b"abel" not in everything(out / "unlabelled")


@pytest.mark.parametrize("name", ["c.txt", "c.csv"])
def test_a_unit_whose_labels_are_not_where_they_should_be_is_refused(build: Build, tmp_path: Path, name: str):
    content = "x,label\n1,P\n" if name == "c.txt" else "x,labels\n1,P\n"
    description = COLUMN.replace("'*.csv'", "'*.csv', '*.txt'")
    folder = build({"a.csv": "x,label\n1,P\n", "b.csv": "x,label\n1,P\n", name: content}, description)
    with pytest.raises(DatasetInvalid, match="c has no CSV file with the label column"):
        lay_out(open_dataset(folder), "test", tmp_path / "out")


def test_beats_stay_in_labelled_and_headers_are_not_altered(records: Path, tmp_path: Path):
    out = lay_out(open_dataset(records), "validation", tmp_path / "out")
    assert tree(out) == [
        *(f"labelled/a.{end}" for end in ("atr", "dat", "hea")),
        "unlabelled/b.dat",
        "unlabelled/b.hea",
    ]
    assert (out / "unlabelled/b.hea").read_bytes() == (records / "b.hea").read_bytes()
    assert (records / "b.atr").read_bytes() not in everything(out)


def test_label_files_that_inputs_match_as_well_are_still_hidden(records: Path, tmp_path: Path):
    description = (records / "dataset.yaml").read_text().replace("'*.hea', '*.dat'", "'*'")
    (records / "dataset.yaml").write_text(description)
    (records / "b.txt").symlink_to("b.atr")
    out = lay_out(open_dataset(records), "validation", tmp_path / "out")
    assert (records / "b.atr").read_bytes() not in everything(out)


def test_names_and_paths_under_unlabelled_tell_no_class(folders: Path, tmp_path: Path):
    dataset = open_dataset(folders)
    out = lay_out(dataset, "test", tmp_path / "out")
    seen = everything(out / "unlabelled")
    assert b"walk" not in seen
    assert b"run" not in seen
    assert all("/" not in name for name in tree(out / "unlabelled"))
    classes = (out / "labelled/labels.csv").read_text().splitlines()
    assert classes[0] == "unit,label"
    assert sorted(classes[1:]) == sorted(f"{unit.name},{unit.label}" for unit in dataset.of("train"))


def test_truth_uses_the_names_that_the_folder_shows(folders: Path, tmp_path: Path):
    dataset = open_dataset(folders)
    out = lay_out(dataset, "test", tmp_path / "out")
    truth = read_truth(dataset, "test")
    assert sorted(truth.units) == sorted(Path(name).stem for name in tree(out / "unlabelled"))
    originals = {path.read_bytes(): path.parent.name for path in folders.rglob("*.csv")}
    for unit, label in truth.frame.itertuples(index=False):
        assert originals[(out / "unlabelled" / f"{unit}.csv").read_bytes()] == label


def test_a_class_in_the_name_is_hidden_too_and_equal_files_stay_apart(build: Build, tmp_path: Path):
    files = {f"{label}_{i}.tar.{label}.csv": "x\n1\n" for label in ("walk", "run") for i in range(4)}
    description = FOLDERS.replace("*/*", "*").replace("kind: folder", "kind: name, pattern: '^(?P<label>[a-z]+)_'")
    dataset = open_dataset(build({**files}, description))
    out = lay_out(dataset, "test", tmp_path / "out")
    assert len(tree(out / "unlabelled")) == len(read_truth(dataset, "test").units) == 2
    assert b"walk" not in everything(out / "unlabelled")


def test_several_files_of_a_unit_share_its_name(build: Build, tmp_path: Path):
    files = {f"{c}/{i}_{d}.csv": f"x\n{c}{i}{d}\n" for c in ("walk", "run") for i in range(3) for d in ("sp", "sw")}
    description = FOLDERS + "unit_pattern: '(?P<unit>\\w+/\\d+)_s[pw]'\n"
    dataset = open_dataset(build({**files}, description))
    out = lay_out(dataset, "test", tmp_path / "out")
    names = tree(out / "unlabelled")
    assert sorted({name.split("-")[0] for name in names}) == sorted(read_truth(dataset, "test").units)
    assert {name[10:] for name in names} == {"-1.csv", "-2.csv"}


@pytest.mark.parametrize("files", [{"walk/a.hea": "a 1 100 10\n", "run/b.hea": "b"}, {"x/a.x": "1", "y/a.y": "2"}])
def test_files_that_cannot_be_renamed_are_refused(build: Build, tmp_path: Path, files: dict[str, str]):
    split = "split: {train: ['none'], validation: [a, b], test: [a, b]}"
    description = FOLDERS.split("split")[0] + "unit_pattern: '(?P<unit>[ab])'\n" + split
    dataset = open_dataset(build({**files, "run/none": "", "x/b.x": ""}, description))
    with pytest.raises(DatasetInvalid, match=r"cannot be renamed|has its class as the suffix|no files"):
        lay_out(dataset, "test", tmp_path / "out")


def test_a_unit_in_train_and_in_the_scored_split_is_refused(columns: Path, tmp_path: Path):
    text = (columns / "dataset.yaml").read_text().replace("test: [c]", "test: [a, c]")
    (columns / "dataset.yaml").write_text(text)
    with pytest.raises(DatasetInvalid, match="unit 'a' is in train and in test"):
        lay_out(open_dataset(columns), "test", tmp_path / "out")
    with pytest.raises(DatasetInvalid, match="in train and in train"):
        lay_out(open_dataset(columns), "train", tmp_path / "out")


def test_shared_files_are_in_both_unless_they_have_the_label_column(columns: Path, tmp_path: Path):
    (columns / "people.csv").write_text("person,age\na,30\n")
    text = (columns / "dataset.yaml").read_text()
    (columns / "dataset.yaml").write_text(text + "shared: [people.csv]\n")
    out = lay_out(open_dataset(columns), "test", tmp_path / "out")
    assert {"labelled/people.csv", "unlabelled/people.csv"} < set(tree(out))
    (columns / "people.csv").write_text("person,label\nc,WALKING\n")
    with pytest.raises(DatasetInvalid, match=r"shared file people\.csv has the label column"):
        lay_out(open_dataset(columns), "test", tmp_path / "again")


def test_files_are_copies_with_fixed_rights_and_times(records: Path, tmp_path: Path):
    old = os.umask(0o077)
    try:
        out = lay_out(open_dataset(records), "test", tmp_path / "out")
    finally:
        os.umask(old)
    for path in [out, *out.rglob("*")]:
        state = path.lstat()
        assert not path.is_symlink()
        assert state.st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)
        assert state.st_mtime == layout.MOMENT
        assert path.is_dir() or state.st_nlink == 1


def test_a_crash_leaves_no_half_layout(columns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "root" / "out"
    real: Callable[..., object] = shutil.copyfile

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", fails)
    with pytest.raises(DatasetInvalid, match=r"a\.csv cannot be copied: No space left"):
        lay_out(open_dataset(columns), "test", target)
    assert list(target.parent.iterdir()) == []
    monkeypatch.setattr(shutil, "copyfile", real)
    # What kill -9 leaves: a half layout under its temporary name.
    (target.parent / ".out.killed" / "labelled").mkdir(parents=True)
    assert tree(lay_out(open_dataset(columns), "test", target)) == ["labelled/a.csv", "unlabelled/c.csv"]


def test_a_complete_layout_is_kept(columns: Path, tmp_path: Path):
    out = lay_out(open_dataset(columns), "test", tmp_path / "out")
    before = out.stat().st_ino
    assert lay_out(open_dataset(columns), "test", out).stat().st_ino == before


def test_without_labels_the_folder_is_given_as_it_is(build: Build, tmp_path: Path):
    folder = build({"s/a.csv": "1", "t/a.csv": "2", ".git/x": "3"}, None)
    dataset = open_dataset(folder)
    assert not dataset.measured
    assert tree(lay_out(dataset, None, tmp_path / "out")) == ["s/a.csv", "t/a.csv"]


def test_a_description_elsewhere_counts_before_that_in_the_folder(columns: Path, tmp_path: Path):
    other = columns / "other.yaml"
    other.write_text("name: other\ninputs: ['*']\n")
    dataset = open_dataset(columns, other)
    assert dataset.description.name == "other"
    assert [unit.name for unit in dataset.units] == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["c.csv", "deep"])
def test_links_that_leave_the_folder_are_refused(columns: Path, tmp_path: Path, name: str):
    (columns / name).unlink(missing_ok=True)
    (columns / name).symlink_to("/etc/passwd" if name == "c.csv" else "/etc")
    (columns / "dataset.yaml").write_text(COLUMN.replace("'*.csv'", "'*.csv', '*/*'"))
    with pytest.raises(DatasetInvalid, match="link that leaves"):
        open_dataset(columns)


def test_a_record_never_reads_a_file_that_its_header_points_at(records: Path):
    write_record(records.parent, "secret", [])
    (records / "other.dat").write_bytes((records / "c.dat").read_bytes())
    header = (records / "c.hea").read_text()
    for name in ("other.dat", "../secret.dat", "http://example.org/x.dat"):
        (records / "c.hea").write_text(header.replace("c.dat", name))
        with pytest.raises(DatasetInvalid, match=r"not among the inputs of c|invalid syntax"):
            read_truth(open_dataset(records), "test")
