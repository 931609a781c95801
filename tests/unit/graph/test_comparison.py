"""What can be told from differences unit by unit. Probabilities in comments are worked out by hand."""

import math

import numpy as np
import pytest

from graph.comparison import compare, interval


def scores(*values: float) -> dict[str, float]:
    return {f"u{number}": value for number, value in enumerate(values)}


FLAT = scores(0.5, 0.5, 0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        pytest.param((0.01, 0.02, 0.03, 0.01, 0.02), "better", id="on every unit"),
        pytest.param((-0.01, -0.02, -0.03, -0.01, -0.02), "worse", id="on none"),
        pytest.param((0.2, -0.1, 0.1, -0.15, 0.05), "not distinguishable", id="now here now there"),
        pytest.param((0.0, 0.0, 0.0, 0.0, 0.0), "not distinguishable", id="the same"),
        # All five drawn from the four zeros: 0.8 ** 5 = 0.328, far more than one in twenty.
        pytest.param((0.3, 0.0, 0.0, 0.0, 0.0), "not distinguishable", id="on one unit alone"),
        # Percentiles as they are would say better: 0.4 ** 5 = 0.010. Expanded for five units, one in 116 counts.
        pytest.param((0.3, 0.2, 0.1, 0.0, 0.0), "not distinguishable", id="on most of them"),
        # All five from the one zero: 0.2 ** 5 = 0.0003.
        pytest.param((0.3, 0.2, 0.1, 0.2, 0.0), "better", id="on all but one"),
    ],
)
def test_the_verdict(gains, verdict) -> None:
    better = {unit: value + gain for (unit, value), gain in zip(FLAT.items(), gains, strict=True)}
    found = compare(better, FLAT, "maximize")
    assert found
    assert found.verdict == verdict
    assert found.gain == pytest.approx(sum(gains) / 5)
    assert found.low <= found.gain + 1e-12
    assert found.gain <= found.high + 1e-12
    assert found.units == 5
    turned = compare(better, FLAT, "minimize")
    assert turned
    assert turned.gain == -found.gain
    assert turned.verdict == {"better": "worse", "worse": "better"}.get(verdict, verdict)


def test_only_units_that_both_have_a_score_for_count() -> None:
    mine, other = scores(*[1.0] * 5, math.nan) | {"x": 1.0}, scores(*[0.5] * 6) | {"y": 0.5}
    found = compare(mine, other, "maximize")
    assert found
    assert (found.units, found.verdict) == (5, "better")


@pytest.mark.parametrize("count", [2, 3, 4])
def test_few_units_tell_nothing_apart(count: int) -> None:
    found = compare(scores(*[1.0] * count), scores(*[0.5] * count), "maximize")
    assert found
    assert (found.gain, found.verdict) == (0.5, "not distinguishable")


@pytest.mark.parametrize("count", [5, 8, 30])
def test_of_two_that_differ_by_chance_one_in_ten_is_told_apart(count: int) -> None:
    draws = np.random.default_rng(1).normal(size=(200, count))
    found = [compare(scores(*row), dict.fromkeys(scores(*row), 0.0), "maximize") for row in draws]
    told = sum(one.verdict != "not distinguishable" for one in found if one)
    # Of 200, 20 are expected, with a standard deviation of 4; percentiles as they are tell 46 of five units apart.
    assert 8 <= told <= 32


@pytest.mark.parametrize(("mine", "other"), [({}, {}), ({"a": 1.0}, {"a": 0.5}), ({"a": 1.0}, {"b": 1.0})])
def test_from_fewer_than_two_units_nothing_can_be_told(mine, other) -> None:
    assert compare(mine, other, "maximize") is None


def test_the_interval_is_that_of_the_mean() -> None:
    # Of 400 differences of +1 and -1 the mean has a standard error of 1 / 20; 90 % lie within 1.645 of these.
    low, high = interval((1.0, -1.0) * 200)
    assert low == pytest.approx(-1.645 / 20, abs=0.006)
    assert high == pytest.approx(1.645 / 20, abs=0.006)
    interval.cache_clear()
    assert interval((1.0, -1.0) * 200) == (low, high), "the draws are seeded"


def test_it_is_said_in_words() -> None:
    found = [
        compare(scores(*values), scores(*[0.5] * len(values)), "maximize") for values in ([1] * 5, [0] * 5, [0, 1] * 3)
    ]
    assert [one.words("v2") for one in found if one] == [
        "better than v2",
        "worse than v2",
        "not distinguishable from v2",
    ]
