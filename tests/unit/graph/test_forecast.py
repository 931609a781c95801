"""What a run will ask of the model."""

import pytest
from small_world import task

from graph.forecast import forecast


def calls(searches_web: bool = False, **values) -> dict[str, tuple[float, int]]:
    return {one.name: (one.usual, one.most) for one in forecast(task(**values), searches_web=searches_web)}


@pytest.mark.parametrize(
    ("search", "iterations", "expected"),
    [
        ({}, 5, (2, 3)),
        ({"policy": "linear"}, 5, (0, 5)),
        ({"policy": "sample"}, 5, (5, 0)),
        ({"policy": "tree", "drafts": 3}, 5, (2, 3)),
        ({"policy": "tree", "drafts": 9}, 5, (5, 0)),
        ({"policy": "tree", "drafts": 1}, 0, (0, 0)),
    ],
)
def test_what_the_iterations_go_into(search, iterations, expected) -> None:
    given = task(search=search, iterations=iterations)
    assert (given.further_drafts, given.candidates - given.further_drafts) == expected


def test_each_stage() -> None:
    found = calls(iterations=4)
    # Three questions for an improvement with its repairs, each asked at most twice.
    assert found["improvements"] == (pytest.approx(5.2), 24)
    assert found["first program"] == (6, 18)
    assert "search" not in found
    assert "further drafts" not in found
    assert calls(searches_web=True)["search"] == (4, 10)
    whole = calls(search={"style": "whole", "policy": "sample"}, iterations=2)
    assert whole["first program"] == (1, 2)
    assert whole["further drafts"][1] == 12
    assert "improvements" not in whole
