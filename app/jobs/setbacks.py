"""What becomes of a job when an attempt at it ends early: decided here, done elsewhere."""

import asyncio

import psycopg
from langgraph.errors import GraphDrained
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import InterfaceError, OperationalError

from app.jobs.lifecycle import Change, JobCancelled
from sandbox.errors import ImageMissing, PackagesMissing, SandboxBroken, SandboxUnavailable

MOST = 8
"""Setbacks in a row after which a person has to look."""
LONGEST = 60.0
"""Seconds."""
PASSING = (OperationalError, InterfaceError, psycopg.OperationalError, PoolTimeout, SandboxBroken, SandboxUnavailable)
"""The database or Docker Engine is away, as when it is started anew."""
LASTING = (ImageMissing, PackagesMissing)


def outcome(error: BaseException, *, queued: bool, setbacks: int) -> Change:
    """`queued`: it came from a queue, so that another worker may go on with it."""
    if isinstance(error, JobCancelled):
        return "cancel"
    if queued and (is_drained(error) or (is_setback(error) and setbacks < MOST)):
        return "requeue"
    return "stop"


def is_drained(error: BaseException) -> bool:
    """Its worker is being stopped: no fault of anybody."""
    return isinstance(error, GraphDrained | asyncio.CancelledError)


def is_setback(error: BaseException) -> bool:
    return isinstance(error, PASSING) and not isinstance(error, LASTING)


def delay(setbacks: int) -> float:
    """Seconds until the next try, after so many setbacks before this one."""
    return min(2.0**setbacks, LONGEST)
