"""What becomes of a job when an attempt at it ends early: decided here, done elsewhere."""

import asyncio
from dataclasses import dataclass

import psycopg
from langgraph.errors import GraphDrained
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from app.jobs.lifecycle import Change, JobCancelled
from sandbox.errors import ImageMissing, PackagesMissing, SandboxBroken, SandboxUnavailable

MOST = 8
"""Setbacks in a row after which a person has to look."""
LONGEST = 60.0
"""Seconds."""
PASSING = (OperationalError, InterfaceError, psycopg.OperationalError, PoolExhausted, SandboxBroken, SandboxUnavailable)
"""The database or Docker Engine is away, as when it is started anew."""
LASTING = (ImageMissing, PackagesMissing)


@dataclass(frozen=True)
class Outcome:
    change: Change
    setbacks: int
    """As many in a row it is with this one."""
    delay: float = 0.0
    """Seconds until the next try."""


def outcome(error: BaseException, *, queued: bool, setbacks: int) -> Outcome:
    """`queued`: it came from a queue, so that another worker may go on with it. `setbacks`: before this one."""
    if isinstance(error, JobCancelled):
        return Outcome("cancel", setbacks)
    if queued and isinstance(error, GraphDrained | asyncio.CancelledError):
        # Its worker is being stopped: no fault of anybody.
        return Outcome("requeue", setbacks)
    if queued and passes(error) and setbacks < MOST:
        return Outcome("requeue", setbacks + 1, min(2.0**setbacks, LONGEST))
    return Outcome("stop", setbacks)


def passes(error: BaseException) -> bool:
    return isinstance(error, PASSING) and not isinstance(error, LASTING)
