"""How a piece of work ended, in one word, and how long it took."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator

from langgraph.errors import GraphBubbleUp, GraphInterrupt

from app.telemetry.observer import CallSeen, ProgramSeen


def ending(error: BaseException | None) -> str:
    """`ok`, `waits` (for a person), `cancelled` or `failed`."""
    if error is None:
        return "ok"
    if isinstance(error, GraphInterrupt):
        return "waits"
    return "cancelled" if isinstance(error, asyncio.CancelledError | GraphBubbleUp) else "failed"


def program_ending(seen: ProgramSeen, error: BaseException | None) -> str:
    """The outcome of the program, or `cancelled` or `failed` where it is ours."""
    return seen.result.outcome.value if seen.result else ending(error)


def model_of(seen: CallSeen) -> str:
    return (seen.reply.model if seen.reply else "") or (seen.model if seen.key.kind == "chat" else "")


@contextlib.contextmanager
def timed(tell: Callable[[BaseException | None, float], None]) -> Generator[None]:
    """Tells the error that it was left by, if any, and the seconds until then."""
    started, error = time.monotonic(), None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        tell(error, time.monotonic() - started)
