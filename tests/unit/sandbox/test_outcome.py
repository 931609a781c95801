import pytest

from sandbox.base import Outcome, classify


@pytest.mark.parametrize(
    ("exit_code", "timed_out", "out_of_memory", "outcome"),
    [
        (0, False, False, Outcome.OK),
        (1, False, False, Outcome.NONZERO_EXIT),
        (127, False, False, Outcome.NONZERO_EXIT),
        (-11, False, False, Outcome.SIGNAL),
        (None, False, False, Outcome.SIGNAL),
        (-9, True, False, Outcome.TIMEOUT),
        # It may end well in the moment that its time is up: the time was up all the same.
        (0, True, False, Outcome.TIMEOUT),
        (-9, True, True, Outcome.TIMEOUT),
        (-9, False, True, Outcome.OOM),
        (1, False, True, Outcome.OOM),
        # A child was killed for memory and the program got over it.
        (0, False, True, Outcome.OK),
    ],
)
def test_classify(exit_code: int | None, timed_out: bool, out_of_memory: bool, outcome: Outcome) -> None:
    found = classify(exit_code=exit_code, timed_out=timed_out, out_of_memory=out_of_memory)
    assert found is outcome
