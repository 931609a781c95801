"""What each record of a log is about, known from where it is written."""

import contextlib
import logging
import time
from collections.abc import Generator
from contextvars import ContextVar

from app.telemetry.observer import AttemptSeen, RequestSeen, Silent

_fields: ContextVar[dict[str, object]] = ContextVar("autoiot_log_fields")
log = logging.getLogger("autoiot")


def fields() -> dict[str, object]:
    return _fields.get({})


@contextlib.contextmanager
def about(**more: object) -> Generator[None]:
    token = _fields.set(fields() | more)
    try:
        yield
    finally:
        _fields.reset(token)


class Logging(Silent):
    """Names the job, the attempt, the node and the request in every record, and writes a line when each has ended."""

    @contextlib.contextmanager
    def request(self, seen: RequestSeen) -> Generator[None]:
        # Not taken back: what the server writes of an error after us is about it, too. Each request has its own task.
        _fields.set(fields() | {"request": seen.id})
        started = time.monotonic()
        try:
            yield
        finally:
            took = round((time.monotonic() - started) * 1000, 1)
            told = {"method": seen.method, "path": seen.path, "status": seen.status, "milliseconds": took}
            log.info("request", extra=told)

    @contextlib.contextmanager
    def attempt(self, seen: AttemptSeen) -> Generator[None]:
        with about(job=seen.run, attempt=seen.attempt):
            log.info("attempt begins")
            try:
                yield
            finally:
                log.info("attempt ends", extra={"outcome": seen.outcome})

    @contextlib.contextmanager
    def node(self, name: str) -> Generator[None]:
        with about(node=name):
            started = time.monotonic()
            yield
            log.info("step ends", extra={"milliseconds": round((time.monotonic() - started) * 1000, 1)})
