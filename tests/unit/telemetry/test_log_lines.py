"""One line for each record: for a machine and for a person, with what it is about and without keys."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from app.keys.secret import new_secret
from app.telemetry.fields import Logging, about
from app.telemetry.logs import write_logs
from app.telemetry.observer import AttemptSeen, RequestSeen

KEY = new_secret("0123456789ab")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.setLogRecordFactory(factory)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_everything_of_a_job_names_it(stream: io.StringIO) -> None:
    write_logs("auto", "info", stream)

    async def step() -> None:
        with Logging().node("outline"):
            logging.getLogger("some.library").warning("slow: %d", 3)

    async def work() -> None:
        with Logging().attempt(AttemptSeen("ecg-1", 2, "finish")):
            await asyncio.create_task(step())

    asyncio.run(work())
    logging.getLogger("some.library").info("afterwards")
    begins, slow, step_ends, ends, afterwards = lines(stream)
    for line in (begins, slow, step_ends, ends):
        assert (line["job"], line["attempt"]) == ("ecg-1", 2)
    assert (slow["event"], slow["node"], slow["level"], slow["logger"]) == (
        "slow: 3",
        "outline",
        "warning",
        "some.library",
    )
    assert ends["outcome"] == "finish"
    assert "job" not in afterwards


def test_a_request_has_one_line(stream: io.StringIO) -> None:
    write_logs("json", "info", stream)

    async def asked() -> None:
        with Logging().request(RequestSeen("GET", "/v1/jobs", "r-1", status=200)):
            pass

    asyncio.run(asked())
    (line,) = lines(stream)
    assert {name: line[name] for name in ("request", "method", "path", "status")} == {
        "request": "r-1",
        "method": "GET",
        "path": "/v1/jobs",
        "status": 200,
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_keys_never_appear(stream: io.StringIO, form: Any) -> None:
    write_logs(form, "info", stream)
    log = logging.getLogger("x")
    with about(job=KEY):
        log.info("request", extra={"path": f"/{KEY}"})
    try:
        raise ValueError(KEY)
    except ValueError:
        log.exception("it failed")
    written = stream.getvalue()
    assert KEY not in written
    assert written.count("ak_0123456789ab_...") == 3
    assert "Traceback" in written


def test_text_for_a_person_and_only_what_is_asked_for(stream: io.StringIO) -> None:
    write_logs("text", "warning", stream)
    log = logging.getLogger("x")
    log.info("unheard")
    with about(job="ecg-1"):
        log.warning("heard")
    (line,) = stream.getvalue().splitlines()
    assert "heard" in line
    assert "job=ecg-1" in line
    assert "\x1b" not in line


def test_a_job_that_is_given_back_shows_no_stack(stream: io.StringIO) -> None:
    write_logs("json", "info", stream)
    given_back = logging.getLogger("procrastinate.worker.worker")
    given_back.warning("aborted", exc_info=asyncio.CancelledError())
    given_back.error("a bug", exc_info=ValueError("x"))
    quiet, loud = lines(stream)
    assert "exception" not in quiet
    assert "ValueError: x" in loud["exception"]
