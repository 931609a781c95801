"""What left this machine for a run: to whom, when, how much, for which step, and its words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.db.tables import CallRow

UNKNOWN = "unknown: under way, or its process was killed"


@dataclass(frozen=True)
class Departure:
    at: str
    to: str
    kind: str
    """`chat`, `embedding`, `search` or `fetch`."""
    node: str
    iteration: int
    item: str
    times: int
    """How often it was sent: more than once where it was tried again."""
    bytes: int
    """Of all times together, without what HTTP adds: no header, and so no key, is ever kept."""
    status: str
    text: str


def departures(rows: Iterable[CallRow]) -> list[Departure]:
    """In their order. What was replayed, found here or taken over from another job did not leave."""
    return [
        Departure(
            row.at,
            row.sent_to or UNKNOWN,
            row.kind,
            row.node,
            row.iteration,
            row.item,
            row.times_sent,
            row.bytes_sent if row.sent_to else 0,
            row.status,
            row.request,
        )
        for row in rows
        if not row.inherited and (row.sent_to or row.status == "started")
    ]


def totals(found: Iterable[Departure]) -> dict[str, int]:
    """Bytes by destination, the most first."""
    sums: dict[str, int] = defaultdict(int)
    for one in found:
        sums[one.to] += one.bytes
    return dict(sorted(sums.items(), key=lambda row: -row[1]))
