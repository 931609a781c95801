"""The synthetic electrocardiograms of the heartbeat example."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml

with warnings.catch_warnings():  # wfdb 4.3 uses a pandas argument that pandas 3.1 warns of
    warnings.filterwarnings("ignore", "The inplace keyword in DataFrame", DeprecationWarning)
    import wfdb

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame:DeprecationWarning")
SCRIPT = Path(__file__).parents[2] / "examples" / "heartbeat" / "generate.py"


@pytest.fixture(scope="module")
def maker() -> Any:
    spec = importlib.util.spec_from_file_location("heartbeat_generate", SCRIPT)
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def records(maker: Any) -> list[Any]:
    return [maker.make_record(number, 60.0, 7) for number in range(1, 25)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_same_seed_gives_the_same_bytes(maker: Any, tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert maker.main([str(tmp_path / name), "--records", "3", "--seconds", "20", "--seed", str(seed)]) == 0
    first, again, other = (contents(tmp_path / name) for name in "abc")
    assert first == again
    assert set(first) == {
        "dataset.yaml",
        *(f"s0{i}.{end}" for i in (1, 2, 3) for end in ("hea", "dat", "atr")),
    }
    assert all(first[name] != other[name] for name in first if name.endswith(".dat"))


def test_a_record_does_not_depend_on_how_many_are_made(maker: Any, tmp_path: Path) -> None:
    maker.generate(tmp_path / "two", 2, 15.0, 5)
    maker.generate(tmp_path / "four", 4, 15.0, 5)
    few, many = contents(tmp_path / "two"), contents(tmp_path / "four")
    assert few.items() <= many.items()


def test_beats_are_extrema_of_the_clean_first_lead(records: list[Any]) -> None:
    for record in records:
        lead, at = record.clean[:, 0], record.beats
        before, here, after = lead[at - 1], lead[at], lead[at + 1]
        assert np.all((here - before) * (here - after) > 0), record.name
        assert np.all(np.sign(here - before) == np.sign(here)), record.name
        assert np.all(np.diff(at) > 0.24 * 360), record.name


def test_clean_waves_are_as_high_as_asked(maker: Any) -> None:
    centre, width = np.full((1, 5), 2.0), np.full((1, 5), 0.02)
    height = np.zeros((1, 5, 2))
    height[0, maker.R] = [1.0, -0.5]
    clean = maker.clean_signal(centre, width, height, 4 * 360)
    assert clean[:, 0].argmax() == 720 and clean[:, 1].argmin() == 720
    assert np.allclose([clean[:, 0].max(), clean[:, 1].min()], [1.0, -0.5], atol=0.04)
    assert abs(clean[-1, 0]) < 0.03


def test_rates_and_beat_counts(records: list[Any]) -> None:
    rates = [60 * 360 / np.median(np.diff(record.beats)) for record in records]
    assert 45 < min(rates) < 65 and 110 < max(rates) < 140
    for record, rate in zip(records, rates, strict=True):
        assert 0.8 * rate < len(record.beats) < 1.15 * rate, record.name
        assert len(record.symbols) == len(record.beats)


def test_early_beats_are_early_and_compensated(records: list[Any]) -> None:
    counts = {symbol: sum(r.symbols.count(symbol) for r in records) for symbol in "NVA"}
    assert counts["V"] >= 20 and counts["A"] >= 8 and counts["N"] > 10 * counts["A"]
    for record in records:
        gaps = np.diff(record.beats) / np.median(np.diff(record.beats))
        for place, symbol in enumerate(record.symbols[1:-1], start=1):
            if symbol != "N":
                assert gaps[place - 1] < 0.97 or gaps[place - 1] < gaps[place], record.name
            if symbol == "V":
                assert gaps[place] > gaps[place - 1], record.name


def test_difficulty_varies(records: list[Any]) -> None:
    noise = np.array([np.std(np.diff(record.signal[:, 0] - record.clean[:, 0])) for record in records])
    assert np.sum(noise < 0.03) >= 6
    assert np.sum(noise > 0.06) >= 4
    assert sum(np.median(r.clean[r.beats, 0]) < 0 for r in records) >= 2


def test_files_read_back_with_wfdb(maker: Any, tmp_path: Path) -> None:
    maker.generate(tmp_path, 2, 20.0, 7)
    made = maker.make_record(2, 20.0, 7)
    read, beats = wfdb.rdrecord(str(tmp_path / "s02")), wfdb.rdann(str(tmp_path / "s02"), "atr")
    assert isinstance(read, wfdb.Record) and read.p_signal is not None
    assert (read.fs, read.n_sig, read.units, read.fmt) == (360, 2, ["mV", "mV"], ["16", "16"])
    assert read.p_signal.shape == (7200, 2)
    assert np.allclose(read.p_signal, made.signal, atol=0.00051)
    assert beats.sample.tolist() == made.beats.tolist() and beats.symbol == made.symbols
    headers = [wfdb.rdheader(str(tmp_path / name)).comments for name in ("s01", "s02")]
    assert headers[0] == headers[1]  # nothing tells the records apart


def test_dataset_file(maker: Any, tmp_path: Path) -> None:
    maker.generate(tmp_path, 1, 10.0)
    told = yaml.safe_load((tmp_path / "dataset.yaml").read_text("utf-8"))
    assert told["name"] == "synthetic-heartbeat" and told["unit"] == "record"
    assert told["inputs"] == ["*.hea", "*.dat"]
    assert told["labels"] == {"kind": "files", "files": "*.atr", "format": "wfdb"}
    assert told["split"] == {"seed": 11, "train": 0.34, "validation": 0.33, "test": 0.33}


def test_own_folder_is_replaced(maker: Any, tmp_path: Path) -> None:
    assert maker.main([str(tmp_path), "--records", "3", "--seconds", "10"]) == 0
    assert maker.main([str(tmp_path), "--records", "1", "--seconds", "10"]) == 0
    assert set(contents(tmp_path)) == {"dataset.yaml", "s01.hea", "s01.dat", "s01.atr"}


@pytest.mark.parametrize("names", [["notes.txt"], ["s01.dat"], ["dataset.yaml"]])
def test_other_content_is_refused(
    maker: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], names: list[str]
) -> None:
    for name in names:
        (tmp_path / name).write_text("mine\n", encoding="utf-8")
    before = contents(tmp_path)
    assert maker.main([str(tmp_path), "--records", "1", "--seconds", "10"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: ") and message.count("\n") == 1
    assert contents(tmp_path) == before


def test_own_folder_with_a_foreign_file_is_refused(maker: Any, tmp_path: Path) -> None:
    maker.generate(tmp_path, 1, 10.0)
    (tmp_path / "result.csv").write_text("1\n", encoding="utf-8")
    before = contents(tmp_path)
    assert maker.main([str(tmp_path), "--seconds", "10"]) == 2
    assert contents(tmp_path) == before


def test_a_file_as_folder_and_bad_numbers_are_refused(
    maker: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert maker.main([str(tmp_path / "file")]) == 2
    for option, value in (("--records", "0"), ("--seconds", "1"), ("--seconds", "nan"), ("--seed", "-1")):
        assert maker.main([str(tmp_path / "new"), option, value]) == 2
    assert capsys.readouterr().err.count("\n") == 5
    assert not (tmp_path / "new").exists()
