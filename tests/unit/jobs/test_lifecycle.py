from itertools import product
from typing import get_args

import pytest

from app.db.tables import Status
from app.jobs.lifecycle import Change, ChangeRefused, transition

STATES: tuple[Status, ...] = get_args(Status)
CHANGES: tuple[Change, ...] = get_args(Change)
TABLE = {
    ("queued", "claim"): "running",
    ("queued", "cancel"): "cancelled",
    ("running", "claim"): "running",
    ("running", "wait"): "waiting",
    ("running", "finish"): "finished",
    ("running", "stop"): "stopped",
    ("running", "requeue"): "queued",
    ("running", "cancel"): "cancelled",
    ("waiting", "answer"): "queued",
    ("waiting", "claim"): "running",
    ("waiting", "cancel"): "cancelled",
    ("stopped", "resume"): "queued",
    ("stopped", "claim"): "running",
    ("stopped", "cancel"): "cancelled",
}
"""Everything else is refused."""


@pytest.mark.parametrize(("state", "change"), list(product(STATES, CHANGES)))
def test_what_may_become_of_a_job(state: Status, change: Change) -> None:
    expected = TABLE.get((state, change))
    if expected:
        assert transition(state, change) == expected
    else:
        with pytest.raises(ChangeRefused, match=f"^a job that is {state} cannot [a-z ]+$"):
            transition(state, change)
