"""What every sandbox tells of a folder's files is what they are."""

from pathlib import Path

import numpy as np
import pytest
from fakes import sensor_files

from app.datasets.survey import survey
from app.datasets.surveyor import look
from sandbox.base import Sandbox
from sandbox.errors import SandboxUnavailable
from sandbox.limits import Limits
from sandbox.registry import BACKENDS, open_sandbox


@pytest.fixture(params=BACKENDS)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    try:
        return open_sandbox(request.param, owner="tests-survey")
    except SandboxUnavailable as error:
        pytest.skip(f"{request.param}: {error}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Open to all, below folders that pytest closes to others."""
    made = tmp_path / "inputs"
    (made / "labelled").mkdir(parents=True)
    sensor_files.hdf5(made / "labelled" / "a.h5")
    sensor_files.mat(made / "labelled" / "a.mat")
    sensor_files.parquet(made / "labelled" / "a.parquet")
    sensor_files.wav(made / "labelled" / "a.wav")
    (made / "labelled" / "a.csv").write_text("time_s,x\n0,1.5\n0.1,2.5\n0.2,3.5\n")
    np.savez(made / "labelled" / "a.npz", ecg=sensor_files.ECG)
    (made / "labelled" / "b.mat").write_bytes(b"nonsense")
    return made


async def test_it_is_the_same_as_here(sandbox: Sandbox, folder: Path) -> None:
    found = await look(sandbox, folder, ["labelled"], "labelled")
    assert found == survey(folder, ["labelled"], "labelled")
    assert "labelled .h5: 1 file: HDF5, h5py: run/ecg" in "\n".join(found.formats)
    assert "- x: 1.5 to 3.5" in "\n".join(found.values)


async def test_without_values_where_none_are_wanted(sandbox: Sandbox, folder: Path) -> None:
    found = await look(sandbox, folder, [""], None)
    assert found.values == []
    assert str(sensor_files.VALUE) not in "".join(found.formats)


async def test_files_that_take_too_much_are_told_of_in_one_line(sandbox: Sandbox, folder: Path) -> None:
    np.savez_compressed(folder / "labelled" / "bomb.npz", zeros=np.zeros(100_000_000))
    found = await look(sandbox, folder, ["labelled"], "labelled", Limits(seconds=60, memory_mb=400))
    (line,) = found.formats
    assert line.startswith("not known: looking at the files failed (")
    assert line.endswith("; 60 s and 400 MB are given to it)")
    assert found.values == []
