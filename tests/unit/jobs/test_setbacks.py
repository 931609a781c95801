"""What becomes of a job whose attempt ends early."""

import asyncio

import pytest
from langgraph.errors import GraphDrained
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from app.jobs.lifecycle import Change, JobCancelled
from app.jobs.setbacks import LONGEST, MOST, Outcome, outcome
from graph.errors import RunFailed
from sandbox.errors import ImageMissing, SandboxUnavailable

AWAY = OperationalError("SELECT 1", {}, Exception("the connection was closed"))


@pytest.mark.parametrize(
    ("error", "queued", "setbacks", "change"),
    [
        (JobCancelled("cancelled"), True, 0, "cancel"),
        (JobCancelled("cancelled"), False, 0, "cancel"),
        (asyncio.CancelledError(), True, MOST, "requeue"),
        (asyncio.CancelledError(), False, 0, "stop"),
        (GraphDrained("it stops"), True, MOST, "requeue"),
        (AWAY, True, MOST - 1, "requeue"),
        (AWAY, True, MOST, "stop"),
        (PoolExhausted("no connection is free"), True, 0, "requeue"),
        (AWAY, False, 0, "stop"),
        (SandboxUnavailable("away"), True, 0, "requeue"),
        (ImageMissing("not built"), True, 0, "stop"),
        (RunFailed("no idea"), True, 0, "stop"),
        (KeyboardInterrupt(), False, 0, "stop"),
    ],
)
def test_it_goes_back_only_where_time_may_help(
    error: BaseException, queued: bool, setbacks: int, change: Change
) -> None:
    assert outcome(error, queued=queued, setbacks=setbacks).change == change


def test_only_what_was_away_counts() -> None:
    assert outcome(AWAY, queued=True, setbacks=2) == Outcome("requeue", 3, 4.0)
    assert outcome(GraphDrained("it stops"), queued=True, setbacks=2) == Outcome("requeue", 2)


def test_each_pause_is_longer_up_to_a_bound() -> None:
    pauses = [outcome(AWAY, queued=True, setbacks=setbacks).delay for setbacks in range(MOST)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 1.0
    assert pauses[-1] == LONGEST
