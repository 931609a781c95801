"""What goes, and what stays however old it is."""

from typing import Any

import pytest

from app.db.tables import RunRow, Status, ago
from app.jobs.retention import DAY, Keeping, Plan, checkpoints_until, plan


def row(run: str, status: Status = "finished", days: float | None = 40, **more: Any) -> RunRow:
    """That ended `days` ago."""
    return RunRow(id=run, status=status, ended=None if days is None else ago(days * DAY), **more)


ROWS = [
    row("young", days=29),
    row("old", "cancelled"),
    row("older", days=400),
    row("pruned", pruned=ago(DAY)),
    row("stopped", "stopped"),
    row("waiting", "waiting", None),
    row("running", "running", None),
    row("queued", "queued", None),
]


@pytest.mark.parametrize(
    ("keeping", "expected"),
    [
        (Keeping(), Plan()),
        (Keeping(checkpoints=30), Plan(checkpoints=("older", "old"))),
        (Keeping(jobs=365), Plan(jobs=("older",))),
        (Keeping(checkpoints=30, jobs=365), Plan(("old",), ("older",))),
        (Keeping(checkpoints=0, jobs=30), Plan(("young",), ("older", "old", "pruned"))),
    ],
)
def test_what_goes(keeping: Keeping, expected: Plan) -> None:
    found = plan(ROWS, keeping)
    assert (found.checkpoints, set(found.jobs)) == (expected.checkpoints, set(expected.jobs))
    assert found.jobs[:1] == expected.jobs[:1]


def test_when_checkpoints_go_is_told_of_what_has_ended_and_has_some() -> None:
    told = {one.id: checkpoints_until(one, 30) for one in ROWS}
    assert [run for run, until in told.items() if until] == ["young", "old", "older"]
    assert told["young"] and told["young"] > ago(0) > (told["old"] or "")
    assert checkpoints_until(ROWS[0], None) is None
