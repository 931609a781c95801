"""What became of a program: the one place where outcomes are named, from facts alone."""

import signal
from dataclasses import dataclass

from sandbox.base import Flag, Outcome


@dataclass(frozen=True)
class Facts:
    exit_code: int | None
    """Negative for a signal, as in `subprocess`; none when it is not known."""
    timed_out: bool = False
    cancelled: bool = False
    over_memory: bool = False
    """Our own count found more than the limit, and the program was ended for it."""
    oom_kills: int = 0
    """How many processes the kernel ended for memory."""
    result_missing: bool = False
    pids_hit: bool = False
    output_full: bool = False
    truncated: bool = False
    skipped: bool = False


def classify(facts: Facts) -> Outcome:
    if facts.cancelled:
        return Outcome.CANCELLED
    if facts.timed_out:
        return Outcome.TIMEOUT
    # With exit code 0 it lost a child and got over it.
    if (facts.over_memory or facts.oom_kills) and facts.exit_code != 0:
        return Outcome.OOM
    if facts.exit_code is None or facts.exit_code < 0:
        return Outcome.SIGNAL
    if facts.exit_code > 0:
        return Outcome.NONZERO_EXIT
    return Outcome.NO_RESULT if facts.result_missing else Outcome.OK


def flags(facts: Facts) -> frozenset[Flag]:
    ended_by_us = facts.timed_out or facts.cancelled or facts.over_memory
    own = 1 if facts.exit_code in (None, -signal.SIGKILL) and not ended_by_us else 0
    raised = {
        Flag.OOM_IN_CHILD: facts.oom_kills > own,
        Flag.PIDS_HIT: facts.pids_hit,
        Flag.OUTPUT_FULL: facts.output_full,
        Flag.TRUNCATED: facts.truncated,
        Flag.FILES_SKIPPED: facts.skipped,
    }
    return frozenset(flag for flag, is_up in raised.items() if is_up)
