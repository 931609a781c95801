"""The check of a dataset whose description is meant to stop the server."""

from pathlib import Path

import numpy as np
import pytest

from app.datasets.examination import examine_apart
from graph.errors import DatasetInvalid


async def test_a_pattern_that_takes_for_ever_ends(tmp_path: Path) -> None:
    (tmp_path / "dataset.yaml").write_text("name: x\ninputs: ['*.csv']\nunit_pattern: '(?P<unit>(a|aa)+)[xy]'\n")
    (tmp_path / ("a" * 60 + ".csv")).write_text("t\n1\n")
    (problem,) = (await examine_apart(tmp_path)).problems
    assert "takes too long" in problem


async def test_more_than_can_be_read_in_time_ends(tmp_path: Path) -> None:
    (tmp_path / "dataset.yaml").write_text("name: x\ninputs: ['*.npy']\n")
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (1 << 27,)})
        file.truncate(file.tell() + (8 << 27))
    with pytest.raises(DatasetInvalid, match="too much time or memory"):
        await examine_apart(tmp_path, cpu_seconds=1)


async def test_arrays_that_need_more_memory_than_there_is(tmp_path: Path) -> None:
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)})
    assert "a.npy" in (await examine_apart(tmp_path)).problems[0]
