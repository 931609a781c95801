"""What is told of files of each format: names, types, shapes and rates, and no value; of damaged ones in one line."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes import sensor_files
from fakes.sandbox import ScriptedSandbox, surveyed
from fakes.sensor_files import WORD

from app.datasets.bench import Bench
from app.datasets.containers import READERS
from app.datasets.dataset import open_dataset
from app.datasets.schema import schema
from app.datasets.steps import steps, told


@pytest.mark.parametrize(
    ("suffix", "write", "line"),
    [
        (".mat", sensor_files.mat, "MATLAB, scipy.io.loadmat: ecg (double, shape 250 x 2), name (char, shape 1)"),
        (".h5", sensor_files.hdf5, "HDF5, h5py: run/ecg (float64, shape 250 x 2, attributes unit)"),
        (".parquet", sensor_files.parquet, "Parquet with 3 rows: level (double), note (string)"),
        (".wav", sensor_files.wav, "sound, PCM_16, 8000 Hz, 2 channels, duration 0.1 s"),
        (".edf", sensor_files.edf, "EDF, duration 20.0 s: EEG Fpz (uV, 100 Hz)"),
        (
            ".jsonl",
            sensor_files.json_lines,
            "JSON, one object a line, 4 lines: t (float), xyz (list of 3), who (text), ok (yes or no)",
        ),
        (".arff", sensor_files.arff, "ARFF with 1 rows: the level (numeric), class (one of several names)"),
        (".zip", sensor_files.zipped, "archive of 1 files: 1 .csv"),
        (".tar.gz", sensor_files.tarred, "archive of 1 files: 1 .csv"),
    ],
)
def test_a_file_is_told_of_without_its_values(
    tmp_path: Path, suffix: str, write: Callable[[Path], None], line: str
) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"{name}{suffix}")
    (told_of,) = schema(tmp_path, [f"a{suffix}", f"b{suffix}"])
    assert told_of == f"{Path(f'a{suffix}').suffix}: 2 files: {line}"
    assert "31415" not in told_of
    assert WORD not in told_of


@pytest.mark.parametrize("suffix", sorted(READERS))
@pytest.mark.parametrize("content", [b"", b"nonsense" * 100, bytes(1000)], ids=["empty", "nonsense", "zeros"])
def test_a_damaged_file_is_told_of_in_one_line(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"a{suffix}").write_bytes(content)
    (line,) = schema(tmp_path, [f"a{suffix}"])
    assert "\n" not in line
    assert len(line) < 200


def test_sampling_is_told_from_times_without_telling_one() -> None:
    even = 1_657_533_977_000 + np.arange(1000) * 10.0
    assert told([steps(even, "timestamp")], "timestamp") == "by 'timestamp': sampling rate 100 Hz"
    holes = np.concatenate([even[:500], even[500:] + 60, even[-1:] + 60])
    assert told([steps(holes, "t")], "t") == "by 't': sampling rate 99.5 Hz, 1 gaps, 1 repeated times"
    assert told([steps(np.arange(100) * 0.5, "time_s")], "time_s") == "by 'time_s': sampling rate 2 Hz"
    assert told([steps(np.arange(100) * 0.5, "t")], "t") == "by 't': mean step 0.5"
    bursts = 1.5e9 + np.sort(np.concatenate([np.arange(100) + n * 1e-4 for n in range(20)]))
    assert "at an uneven pace, 20" in told([steps(bursts, "t")], "t")
    assert steps(np.array([1.0, 1.0]), "t") is None
    assert steps(np.array([1.0, np.nan, 2.0]), "t") is None
    assert told([], "t") == ""


@pytest.fixture
def rows(columns: Path) -> Path:
    (columns / "a.csv").write_text("x,label\n31415.5,WALKING\n-31415.5,SITTING\n31415.5,WALKING\n,SITTING\n")
    return columns


async def profile(folder: Path, tmp_path: Path, privacy: str) -> str:
    bench = Bench(open_dataset(folder), None, tmp_path / privacy, privacy)  # type: ignore[arg-type]
    return await bench.profile(ScriptedSandbox(surveyed))


async def test_each_level_of_privacy_tells_more_than_the_one_before(rows: Path, tmp_path: Path) -> None:
    none, some, more = [await profile(rows, tmp_path, level) for level in ("none", "schema", "statistics")]
    assert "31415" not in none + some
    assert "WALKING" not in none
    assert "a.csv" not in none
    assert "WALKING (2 in 1 units)" in some
    assert "% of the cells are empty; 1 rows are the same as one before" in some
    assert "- x: -3.142e+04 to 3.142e+04, mean" in more
    assert more.startswith(some)


async def test_files_that_are_the_same_are_counted(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name, content in (("a", "x\n1\n"), ("b", "x\n1\n"), ("c", "x\n2\n")):
        (tmp_path / "data" / f"{name}.csv").write_text(content)
    assert "same as another one, byte by byte: 1." in await profile(tmp_path / "data", tmp_path, "schema")
