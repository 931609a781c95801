"""Which workers are gone: told by what one sees of them oneself, since the clocks of machines differ."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.db.tables import RunRow

LEASE = 7.0
"""Seconds without a new sign of life after which a worker has lost its job. It gives one every two seconds."""
GAP = 3.0
"""Seconds between two looks after which this process may have slept itself, or the database been away."""

Sign = tuple[int, str]
"""The attempt, and its last sign of life."""


@dataclass
class Silence:
    lease: float = LEASE
    seen: dict[str, tuple[Sign, float]] = field(default_factory=dict[str, tuple[Sign, float]])
    """For each run its last sign of life, and since when it is known."""
    last: float = float("-inf")

    def of(self, rows: Iterable[RunRow], at: float) -> list[RunRow]:
        """Those of `rows`, which are all that run, whose workers have been silent for too long.

        `at` is this process's monotonic clock, in seconds.
        """
        before = self.seen if at - self.last <= GAP else {}
        self.last, self.seen = at, {}
        silent: list[RunRow] = []
        for row in rows:
            sign = (row.attempt, row.heartbeat)
            known, since = before.get(row.id, (sign, at))
            self.seen[row.id] = (sign, since if known == sign else at)
            if at - self.seen[row.id][1] >= self.lease:
                silent.append(row)
        return silent
