"""The dataset as the state machine sees it, its description for a model, and the download."""

from pathlib import Path

import pytest
from fakes.sandbox import ScriptedSandbox, surveyed

from app.datasets import physionet
from app.datasets.bench import CLAIMED_HELP, Bench
from app.datasets.dataset import open_dataset
from app.datasets.physionet import get_mitdb
from app.datasets.preflight import examine
from graph.errors import DatasetInvalid
from graph.scoring.base import Truth
from graph.values import FOLDS, Direction, Measurement


class Counting:
    """Counts the rows of the truth that it is given."""

    name = "counting"
    metrics: dict[str, Direction] = {"rows": "maximize"}  # noqa: RUF012
    predictions_help = "write unit,label"

    def __init__(self) -> None:
        self.truths: list[Truth] = []

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        self.truths.append(truth)
        return Measurement({"rows": float(len(truth.frame)), "bytes": float(len(predictions))})


async def test_a_measured_bench(folders: Path, tmp_path: Path):
    scorer = Counting()
    bench = Bench(open_dataset(folders), scorer, tmp_path / "root")
    assert bench.measured
    assert bench.predictions_help == "write unit,label"
    folder = await bench.inputs("validation")
    assert folder == tmp_path / "root" / "validation" == await bench.inputs("validation")
    assert sorted(path.stem for path in (folder / "unlabelled").iterdir()) == sorted(bench.units("validation"))
    assert (await bench.score("test", b"abc")).metrics == {"rows": 2.0, "bytes": 3.0}
    await bench.score("test", b"")
    assert scorer.truths[0] is scorer.truths[1]
    bench.close()
    assert not (tmp_path / "root").exists()


async def test_the_first_unit_of_a_split_alone(build, tmp_path: Path):
    rows = {f"{name}.csv": f"x,label\n1,{name}\n" for name in "abcdef"}
    split = "split: {train: [a, b], validation: [c, d], test: [e, f]}\n"
    described = "name: tiny\ninputs: ['*.csv']\nlabels: {kind: column, column: label}\n" + split
    bench = Bench(open_dataset(build(rows, described)), Counting(), tmp_path / "root")
    seen = dict[bool, dict[str, str]]()
    for one in (True, False):
        folder = await bench.inputs("validation", one=one)
        seen[one] = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.csv")}
    labelled = {f"labelled/{name}.csv": f"x,label\n1,{name}\n" for name in "ab"}
    assert seen[True] == labelled | {"unlabelled/c.csv": "x\n1\n"}
    assert seen[False] == labelled | {f"unlabelled/{name}.csv": "x\n1\n" for name in "cd"}


async def test_the_halves_of_train_are_scored_in_turn(build, tmp_path: Path):
    rows = {f"{name}.csv": f"x,label\n1,{name}\n2,{name}\n" for name in "abcdef"}
    split = "split: {train: [a, b, c, d], validation: [e], test: [f]}\n"
    described = "name: tiny\ninputs: ['*.csv']\nlabels: {kind: column, column: label}\n" + split
    scorer = Counting()
    bench = Bench(open_dataset(build(rows, described)), scorer, tmp_path / "root")
    assert bench.tunable
    seen = set[str]()
    for fold in FOLDS:
        folder = await bench.inputs(fold)
        labelled, unlabelled = (
            {path.stem for path in (folder / part).iterdir()} for part in ("labelled", "unlabelled")
        )
        assert labelled | unlabelled == set("abcd")
        assert len(unlabelled) == 2
        assert (folder / "unlabelled" / f"{min(unlabelled)}.csv").read_text() == "x\n1\n2\n"
        assert set(bench.units(fold)) == unlabelled
        await bench.score(fold, b"")
        assert set(scorer.truths[-1].frame["label"]) == unlabelled
        seen |= unlabelled
    assert seen == set("abcd")


async def test_a_train_of_one_piece_is_not_halved(build, tmp_path: Path):
    rows = {f"{name}.csv": f"x,label\n1,{name}\n" for name in ("a-1", "a-2", "b", "c")}
    groups = "split: {groups: {a-1: a, a-2: a}, train: [a-1, a-2], validation: [b], test: [c]}\n"
    described = "name: tiny\ninputs: ['*.csv']\nlabels: {kind: column, column: label}\n" + groups
    bench = Bench(open_dataset(build(rows, described)), Counting(), tmp_path / "root")
    assert not bench.tunable
    with pytest.raises(DatasetInvalid, match="train is one piece"):
        await bench.inputs("fold1")


async def test_a_bench_without_labels(build, tmp_path: Path):
    bench = Bench(open_dataset(build({"a.csv": "x\n1\n"}, None)), Counting(), tmp_path / "root")
    assert not bench.measured
    assert bench.predictions_help == CLAIMED_HELP
    assert bench.units("test") == ()
    assert [path.name for path in (await bench.inputs("test")).iterdir()] == ["a.csv"]
    assert "It has no labels" in await bench.profile(ScriptedSandbox(surveyed))
    with pytest.raises(DatasetInvalid, match="nothing can be measured"):
        await bench.score("test", b"")


async def test_the_profile_tells_the_schema_and_no_values(columns: Path, tmp_path: Path):
    (columns / "a.csv").write_text("x,label\n123.456,WALKING\n2,SITTING\n")
    text = await Bench(open_dataset(columns), Counting(), tmp_path / "root").profile(ScriptedSandbox(surveyed))
    assert "x (float), label (text)" in text
    assert "unlabelled .csv: 1 file with 2 rows, columns x (float)" in text
    assert "Classes in labelled/: SITTING (1 in 1 units), WALKING (1 in 1 units)." in text
    assert "123.456" not in text
    assert str(tmp_path) not in text


async def test_the_profile_of_records(records: Path, tmp_path: Path):
    text = await Bench(open_dataset(records), Counting(), tmp_path / "root").profile(ScriptedSandbox(surveyed))
    assert "Sampling rate 100 Hz; 1 signals; names (over all records) II; units mV; duration 10 s" in text
    assert "wfdb.rdann" in text


@pytest.mark.parametrize("first", ["1.5,2.5", "walk,3.5"])
async def test_a_csv_file_without_header_gives_no_values_away(build, tmp_path: Path, first: str):
    text = await Bench(open_dataset(build({"a.csv": f"{first}\n"}, None)), None, tmp_path / "root").profile(
        ScriptedSandbox(surveyed)
    )
    assert "without a header" in text
    assert first.split(",")[1] not in text


async def test_the_profile_is_short_however_large_the_dataset(build, tmp_path: Path):
    files = {f"f{i}/{'long' * 20}{i}.e{i}": "x" for i in range(300)}
    text = await Bench(open_dataset(build(files, None)), None, tmp_path / "root").profile(ScriptedSandbox(surveyed))
    assert len(text) <= 4020


def test_a_download_without_a_connection_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(database: str, folder: Path, annotator: str) -> None:
        (folder / "half.dat").write_text("x")
        raise ConnectionError("no network\nat all")

    monkeypatch.setattr(physionet, "download", refused)
    with pytest.raises(DatasetInvalid, match=r"^mitdb cannot be downloaded from physionet\.org: ConnectionError$"):
        get_mitdb(tmp_path / "mitdb")
    assert list(tmp_path.iterdir()) == []


def test_a_download_can_be_used_at_once(records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def copies(database: str, folder: Path, annotator: str) -> None:
        for path in records.iterdir():
            if path.suffix in {".hea", ".dat", ".atr"}:
                (folder / path.name).write_bytes(path.read_bytes())

    monkeypatch.setattr(physionet, "download", copies)
    dataset = open_dataset(get_mitdb(tmp_path / "mitdb"))
    assert examine(dataset).problems == ()
    assert [len(names) for names in (dataset.splits or {}).values()] == [1, 1, 1]
    with pytest.raises(DatasetInvalid, match="exists already"):
        get_mitdb(tmp_path / "mitdb")
