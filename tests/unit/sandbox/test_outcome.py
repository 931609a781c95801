import pytest

from sandbox.base import Flag, Outcome
from sandbox.outcome import Facts, classify, flags


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (Facts(0), Outcome.OK),
        (Facts(1), Outcome.NONZERO_EXIT),
        (Facts(127), Outcome.NONZERO_EXIT),
        (Facts(137), Outcome.NONZERO_EXIT),
        (Facts(-11), Outcome.SIGNAL),
        (Facts(-9), Outcome.SIGNAL),
        (Facts(None), Outcome.SIGNAL),
        (Facts(-9, timed_out=True), Outcome.TIMEOUT),
        # It may end well in the moment that its time is up: the time was up all the same.
        (Facts(0, timed_out=True), Outcome.TIMEOUT),
        (Facts(-9, timed_out=True, oom_kills=1), Outcome.TIMEOUT),
        (Facts(-9, oom_kills=1), Outcome.OOM),
        (Facts(1, oom_kills=1), Outcome.OOM),
        (Facts(-9, over_memory=True), Outcome.OOM),
        (Facts(None, oom_kills=1), Outcome.OOM),
        # A child was killed for memory and the program got over it.
        (Facts(0, oom_kills=1), Outcome.OK),
        (Facts(-9, cancelled=True), Outcome.CANCELLED),
        (Facts(-9, cancelled=True, timed_out=True, oom_kills=1), Outcome.CANCELLED),
        (Facts(0, result_missing=True), Outcome.NO_RESULT),
        # Why it ended says more than what it did not leave.
        (Facts(1, result_missing=True), Outcome.NONZERO_EXIT),
        (Facts(-9, timed_out=True, result_missing=True), Outcome.TIMEOUT),
    ],
)
def test_classify(facts: Facts, outcome: Outcome) -> None:
    assert classify(facts) is outcome


@pytest.mark.parametrize(
    ("facts", "raised"),
    [
        (Facts(0), set()),
        (Facts(0, oom_kills=1), {Flag.OOM_IN_CHILD}),
        (Facts(3, oom_kills=1), {Flag.OOM_IN_CHILD}),
        (Facts(-9, oom_kills=1), set()),
        (Facts(-9, oom_kills=2), {Flag.OOM_IN_CHILD}),
        # It was killed for its time: the other kill was a child's.
        (Facts(-9, oom_kills=1, timed_out=True), {Flag.OOM_IN_CHILD}),
        (Facts(-9, oom_kills=1, cancelled=True), {Flag.OOM_IN_CHILD}),
        (Facts(None, oom_kills=1), set()),
        (
            Facts(0, pids_hit=True, output_full=True, truncated=True, skipped=True),
            {Flag.PIDS_HIT, Flag.OUTPUT_FULL, Flag.TRUNCATED, Flag.FILES_SKIPPED},
        ),
    ],
)
def test_flags(facts: Facts, raised: set[Flag]) -> None:
    assert flags(facts) == raised
