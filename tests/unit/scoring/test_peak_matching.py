import time

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from graph.scoring.matching import match


def pairs(true: list[int], predicted: list[int], tolerance: float = 10) -> list[tuple[int, int]]:
    at, to = match(np.array(true, dtype=int), np.array(predicted, dtype=int), tolerance)
    return [(true[i], predicted[j]) for i, j in zip(at, to, strict=True)]


def test_nothing_matches_nothing() -> None:
    assert pairs([], []) == pairs([5], []) == pairs([], [5]) == pairs([5], [16]) == []


def test_the_tolerance_itself_is_near_enough() -> None:
    assert pairs([5], [15]) == [(5, 15)]


def test_a_prediction_counts_once() -> None:
    assert pairs([10, 14], [12]) in ([(10, 12)], [(14, 12)])
    assert len(pairs([10], [10, 10, 11])) == 1


def test_the_nearest_is_taken() -> None:
    assert pairs([100], [91, 99, 108]) == [(100, 99)]


def test_a_pair_is_not_lost_to_a_nearer_one() -> None:
    assert pairs([10, 20], [18, 28]) == [(10, 18), (20, 28)]


@pytest.mark.parametrize("seed", range(50))
def test_it_is_the_best_assignment(seed: int) -> None:
    random = np.random.default_rng(seed)
    true, predicted = (np.sort(random.integers(0, 120, random.integers(1, 15))) for _ in range(2))
    distance = np.abs(true[:, None] - predicted[None, :])
    at, to = linear_sum_assignment(np.where(distance <= 8, distance, 10_000))
    expected = distance[at, to][distance[at, to] <= 8]
    found = np.array([abs(i - j) for i, j in pairs(list(true), list(predicted), 8)])
    assert (len(found), found.sum()) == (len(expected), expected.sum())


def test_a_flood_of_predictions_takes_seconds_at_most() -> None:
    random = np.random.default_rng(0)
    true, predicted = (np.sort(random.choice(650_000, count, replace=False)) for count in (2_000, 100_000))
    start = time.monotonic()
    assert len(match(true, predicted, 36)[0]) > 1_900
    assert time.monotonic() - start < 10
