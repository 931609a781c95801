"""Real beats: 14 records of the MIT-BIH Arrhythmia Database, where they are at hand."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graph.errors import ScorerRefused
from graph.scoring.base import Truth
from graph.scoring.predictions import write
from graph.scoring.r_peaks import RPeaks
from graph.scoring.self_test import self_test

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "mitdb"
BEATS = set("NLRBAaJSVrFejnE/fQ?")
LENGTH = 650_000


@pytest.fixture(scope="module")
def truth() -> Truth:
    if not FOLDER.is_dir():
        pytest.skip(f"no MIT-BIH records in {FOLDER}")
    names = sorted(path.stem for path in FOLDER.glob("*.atr"))
    rows = [(name, sample) for name in names for sample in _beats(name)]
    frame = pd.DataFrame(rows, columns=["unit", "sample"])
    return Truth("samples", frame, tuple(names), dict.fromkeys(names, 360.0), dict.fromkeys(names, LENGTH))


def _beats(name: str) -> list[int]:
    with warnings.catch_warnings():
        # wfdb 4.3.1 uses what pandas 3.1 calls deprecated.
        warnings.simplefilter("ignore")
        import wfdb  # noqa: PLC0415

        found = wfdb.rdann(str(FOLDER / name), "atr")
    return [int(sample) for sample, symbol in zip(found.sample, found.symbol, strict=True) if symbol in BEATS]


async def test_a_peak_every_200_ms_is_no_detector(truth: Truth) -> None:
    every = np.arange(0, LENGTH, 72)
    frame = pd.concat([pd.DataFrame({"unit": unit, "sample": every}) for unit in truth.units])
    metrics = (await RPeaks(100).score(truth, write(frame))).metrics
    assert metrics["sensitivity"] > 0.99
    assert metrics["f1"] < 0.7


async def test_only_f1_passes(truth: Truth) -> None:
    scorer = RPeaks(100)
    await self_test(scorer, truth, "f1", "maximize")
    for metric in ("sensitivity", "precision", "median_error_ms"):
        with pytest.raises(ScorerRefused, match=f"gets {metric} .*: choose f1$"):
            await self_test(scorer, truth, metric, scorer.metrics[metric])


async def test_a_detector_gets_what_wfdb_gives_it(truth: Truth) -> None:
    """Where beats are not contested, wfdb's matching and ours agree."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from wfdb.processing import compare_annotations  # noqa: PLC0415

    random = np.random.default_rng(1)
    for unit in truth.units:
        true = truth.frame["sample"][truth.frame["unit"] == unit].to_numpy()
        found = true[random.random(len(true)) > 0.05]
        places = np.unique(np.append(found + random.integers(-15, 25, len(found)), random.integers(0, LENGTH, 60)))
        places = places[(places >= 0) & (places < LENGTH)]
        measured = await RPeaks(100).score(truth, write(pd.DataFrame({"unit": unit, "sample": places})))
        theirs = compare_annotations(true, places, 37)  # it wants a distance below the window
        assert measured.units[unit]["sensitivity"] == pytest.approx(theirs.sensitivity)
        assert measured.units[unit]["precision"] == pytest.approx(theirs.positive_predictivity)
