"""Which candidate is best. Numbers in comments are worked out by hand."""

import math
from itertools import permutations

import pytest

from graph.policy import CALLS_PER_IMPROVEMENT, choose, is_better, reached_target, repairs_allowed, value
from graph.task import Scoring
from graph.values import Version

UP = Scoring(scorer="regression", metric="f1", direction="maximize")
DOWN = Scoring(scorer="regression", metric="f1", direction="minimize")


def candidate(number: int, score: float | None, lines: int = 100, status: str = "ok", **values) -> Version:
    return Version(
        version=number,
        parent=None,
        idea="",
        source="s",
        status=status,  # pyright: ignore
        lines=lines,
        validation=None if score is None else {"f1": score},
        **values,
    )


def best(versions, scoring=UP, units=None, measured=True) -> int | None:
    chosen = choose(versions, scoring, lambda v: (units or {}).get(v.version, {}), measured=measured)
    return chosen and chosen.version


def test_the_highest_or_the_lowest():
    versions = [candidate(1, 0.5), candidate(2, 0.9), candidate(3, 0.7)]
    assert (best(versions, UP), best(versions, DOWN)) == (2, 1)


def test_nothing_ran():
    assert best([]) is None
    assert best([candidate(1, 0.9, status="failed")]) is None


def test_a_failed_one_is_never_best():
    assert best([candidate(1, 0.2), candidate(2, 0.9, status="failed")]) == 1


def test_the_same_score_goes_to_the_simpler_then_to_the_earlier():
    assert best([candidate(1, 0.9, lines=50), candidate(2, 0.9, lines=40), candidate(3, 0.9, lines=40)]) == 2


# Version 2 leads by 0.02, 0.00 and 0.04: mean 0.02, variance 0.0004, standard error sqrt(0.0004 / 3) = 0.01155 < 0.02.
TOLD_APART = {1: {"a": 0.90, "b": 0.80, "c": 0.70}, 2: {"a": 0.92, "b": 0.80, "c": 0.74}}
# It leads by 0.06, -0.04 and 0.04: mean 0.02, variance 0.0028, standard error sqrt(0.0028 / 3) = 0.03055 > 0.02.
A_TIE = {1: {"a": 0.90, "b": 0.80, "c": 0.70}, 2: {"a": 0.96, "b": 0.76, "c": 0.74}}
# By 0.01 and 0.03: mean 0.02, variance 0.0002, standard error sqrt(0.0002 / 2) = 0.01.
TWO_UNITS = {1: {"a": 0.90, "b": 0.80}, 2: {"a": 0.91, "b": 0.83}}
# By 0.065, -0.005 and 0.00: mean 0.02, squares 0.00305. Over n - 1: variance 0.001525, standard error 0.02255 > 0.02;
# over n it would be 0.01841, and they would be told apart.
OVER_ALL_BUT_ONE = {1: {"a": 0.900, "b": 0.805, "c": 0.7}, 2: {"a": 0.965, "b": 0.800, "c": 0.7}}
# By 0 and 0.25: mean 0.125, variance 0.03125, standard error sqrt(0.03125 / 2) = 0.125 exactly.
JUST_ONE = {1: {"a": 0.5, "b": 0.5}, 2: {"a": 0.5, "b": 0.75}}


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        pytest.param(TOLD_APART, 2, id="the difference is larger than its standard error"),
        pytest.param(A_TIE, 1, id="inside the noise the simpler one wins"),
        pytest.param(TWO_UNITS, 2, id="two units are enough"),
        pytest.param(OVER_ALL_BUT_ONE, 1, id="the variance is that of a sample"),
        pytest.param(JUST_ONE, 1, id="one standard error is not more than one"),
        pytest.param({1: {"a": 0.80}, 2: {"a": 0.82}}, 2, id="one unit has no noise to compare with"),
        pytest.param({}, 2, id="nor has none"),
        pytest.param({1: {"a": 0.8, "b": 0.8}, 2: {"c": 0.9, "d": 0.9}}, 2, id="no unit in common"),
        pytest.param(
            {1: {"a": 0.9, "b": 0.8, "c": math.nan}, 2: {"a": 0.96, "b": math.nan, "c": 0.7}},
            2,
            id="NaN does not count",
        ),
        pytest.param({1: {"a": 0.8, "b": 0.8}, 2: {"a": 0.82, "b": 0.82}}, 2, id="the same everywhere is no noise"),
        pytest.param({1: {"a": 0.9, "b": 0.9}, 2: {"a": 0.8, "b": 0.8}}, 1, id="behind in the units, ahead in all"),
    ],
)
def test_one_standard_error(units, expected):
    versions = [candidate(1, 0.80, lines=50), candidate(2, 0.82, lines=60)]
    assert best(versions, UP, units) == expected


def test_one_standard_error_downwards():
    versions = [candidate(1, 0.20, lines=50), candidate(2, 0.18, lines=60)]
    turned = {n: {unit: 1 - x for unit, x in units.items()} for n, units in TOLD_APART.items()}
    assert best(versions, DOWN, turned) == 2
    turned = {n: {unit: 1 - x for unit, x in units.items()} for n, units in A_TIE.items()}
    assert best(versions, DOWN, turned) == 1


def test_a_tie_with_a_longer_program_changes_nothing():
    assert best([candidate(1, 0.80, lines=70), candidate(2, 0.82, lines=60)], UP, A_TIE) == 2


def test_the_order_of_the_versions_does_not_matter():
    versions = [candidate(1, 0.80, 50), candidate(2, 0.82, 60), candidate(3, 0.82, 60), candidate(4, math.nan, 1)]
    units = A_TIE | {3: A_TIE[2]}
    assert {best(order, UP, units) for order in permutations(versions)} == {1}


@pytest.mark.parametrize("nothing", [math.nan, None])
def test_what_has_no_number_is_not_best(nothing):
    assert best([candidate(1, 0.1), candidate(2, nothing)]) == 1
    assert best([candidate(1, 0.1), candidate(2, nothing)], DOWN) == 1


def test_without_any_number_the_last_that_ran():
    assert best([candidate(1, None), candidate(2, None), candidate(3, None, status="failed")]) == 2
    assert best([candidate(1, 0.9), candidate(2, 0.1)], None) == 2


def test_claimed_mode_goes_by_the_claim_alone():
    versions = [candidate(1, 0.9, claim={"f1": 0.1}), candidate(2, 0.1, claim={"f1": 0.9}), candidate(3, 0.5)]
    assert best(versions, UP, A_TIE, measured=False) == 2


def test_value():
    one = candidate(1, 0.9, claim={"f1": 0.5})
    assert value(one, UP, measured=True) == 0.9
    assert value(one, UP, measured=False) == 0.5
    assert value(one, None, measured=True) is None
    assert value(candidate(1, 0.9, status="failed"), UP, measured=True) is None
    assert value(one, UP.model_copy(update={"metric": "other"}), measured=True) is None


@pytest.mark.parametrize(
    ("direction", "number", "expected"),
    [
        ("maximize", 0.9, True),
        ("maximize", 0.95, True),
        ("maximize", 0.89, False),
        ("minimize", 0.9, True),
        ("minimize", 0.95, False),
        ("maximize", None, False),
    ],
)
def test_reached_target(direction, number, expected):
    assert reached_target(number, UP.model_copy(update={"direction": direction, "target": 0.9})) is expected


def test_no_target_is_never_reached():
    assert not reached_target(1.0, UP)
    assert not reached_target(1.0, None)


def test_is_better():
    assert (is_better(2, 1, UP), is_better(1, 1, UP), is_better(1, 2, DOWN), is_better(1, 1, DOWN)) == (1, 0, 1, 0)


def test_repairs():
    assert repairs_allowed(0) == 3
    assert 1 + repairs_allowed(1) == 1 + repairs_allowed(99) == CALLS_PER_IMPROVEMENT
