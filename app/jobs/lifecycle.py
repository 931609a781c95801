"""What may become of a job: the one place that says so."""

from typing import Literal

from app.db.tables import Status
from graph.errors import AutoiotError, RunFailed

Change = Literal["resume", "answer", "claim", "wait", "finish", "stop", "requeue", "cancel"]
ALLOWED: dict[Change, tuple[tuple[Status, ...], Status]] = {
    "resume": (("stopped",), "queued"),
    "answer": (("waiting",), "queued"),
    # From running only where its worker gives no sign of life any more: whoever claims it knows, not this.
    "claim": (("queued", "stopped", "waiting", "running"), "running"),
    "wait": (("running",), "waiting"),
    "finish": (("running",), "finished"),
    "stop": (("running",), "stopped"),
    # Its worker ends, is gone, or could not go on for a while: another one will.
    "requeue": (("running",), "queued"),
    "cancel": (("queued", "running", "waiting", "stopped"), "cancelled"),
}
SAID: dict[Change, str] = {"resume": "be resumed", "answer": "be answered", "claim": "be run", "cancel": "be cancelled"}
ENDED: tuple[Status, ...] = ("finished", "cancelled")
"""Nothing can make it go on."""
RESTING: tuple[Status, ...] = ("finished", "stopped", "cancelled")
"""Nobody works at it, and nobody is asked."""


class ChangeRefused(AutoiotError):
    """The job is not in a state for that."""


class JobCancelled(RunFailed):
    """The job was cancelled."""


def transition(state: Status, change: Change) -> Status:
    """Raises ChangeRefused."""
    if state not in sources(change):
        raise ChangeRefused(f"a job that is {state} cannot {SAID.get(change, change)}")
    return target(change)


def sources(change: Change) -> tuple[Status, ...]:
    return ALLOWED[change][0]


def target(change: Change) -> Status:
    return ALLOWED[change][1]
