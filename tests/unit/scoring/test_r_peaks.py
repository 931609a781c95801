import math

import pytest
from truths import beats

from graph.scoring.predictions import perfect
from graph.scoring.r_peaks import RPeaks

TRUTH = beats({"a": [100, 200, 300, 400], "b": [50, 150], "quiet": []})


async def test_hand_computed() -> None:
    # a: 105 and 192 are within 10 samples, 311 is not, 400 is twice but counts once; b: all missed.
    measured = await RPeaks(100).score(TRUTH, b"unit,sample\na,399\na,105\na,192\na,311\na,404\nquiet,7\n")
    assert measured.metrics == pytest.approx(
        {"f1": 2 * 3 / (6 + 6), "sensitivity": 3 / 6, "precision": 3 / 6, "median_error_ms": 50.0}
    )
    assert measured.units["a"] == pytest.approx(
        {"f1": 6 / 9, "sensitivity": 3 / 4, "precision": 3 / 5, "median_error_ms": 50.0}
    )


async def test_a_unit_without_rows_has_its_beats_missed() -> None:
    units = (await RPeaks().score(TRUTH, b"unit,sample\na,100\n")).units
    assert (units["b"]["f1"], units["b"]["sensitivity"]) == (0, 0)
    assert math.isnan(units["b"]["precision"]) and math.isnan(units["b"]["median_error_ms"])
    assert all(math.isnan(value) for value in units["quiet"].values())


async def test_the_sampling_rate_is_the_units_own() -> None:
    truth = beats({"slow": [100], "fast": [100]})
    truth.rates["fast"] = 1000.0
    units = (await RPeaks(100).score(truth, b"unit,sample\nslow,105\nfast,105\n")).units
    assert (units["slow"]["median_error_ms"], units["fast"]["median_error_ms"]) == (50, 5)


async def test_tolerance() -> None:
    late = b"unit,sample\na,115\n"
    assert (await RPeaks(100).score(TRUTH, late)).metrics["precision"] == 0
    assert (await RPeaks(150).score(TRUTH, late)).metrics["precision"] == 1


async def test_perfect() -> None:
    metrics = (await RPeaks().score(TRUTH, perfect(TRUTH))).metrics
    assert metrics == {"f1": 1, "sensitivity": 1, "precision": 1, "median_error_ms": 0}
