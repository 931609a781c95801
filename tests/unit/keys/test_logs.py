"""No key gets into a log."""

import logging
from collections.abc import Iterator

import pytest

from app.keys.logs import hide_keys_in_logs
from app.keys.secret import new_secret

KEY = new_secret("0123456789ab")


@pytest.fixture(autouse=True)
def hiding() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    hide_keys_in_logs()
    hide_keys_in_logs()
    yield
    logging.setLogRecordFactory(before)


def test_in_no_part_of_a_record(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("some.library")
    log.error(f"for {KEY}")
    log.error("for %s, %d, %s", KEY, 7, None)
    log.error("for %(key)s", {"key": KEY})
    log.error("for %s", ValueError(KEY))
    log.error("%s", {"authorization": f"Bearer {KEY}"})
    try:
        raise ValueError(f"wrong: {KEY}")
    except ValueError:
        log.exception("it failed")
    assert KEY not in caplog.text
    assert caplog.text.count("ak_0123456789ab_...") == 6
    assert "for ak_0123456789ab_..., 7, None" in caplog.text


def test_other_values_stay_what_they_are(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("uvicorn.access").warning('%s - "%s %s HTTP/%s" %d', "1.2.3.4", "GET", f"/?k={KEY}", "1.1", 200)
    (record,) = caplog.records
    assert record.args == ("1.2.3.4", "GET", "/?k=ak_0123456789ab_...", "1.1", 200)


class Wordless:
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_a_log_breaks_no_program() -> None:
    log = logging.getLogger("nobody.listens")
    log.propagate = False
    log.addHandler(logging.NullHandler())
    log.error("%s", Wordless())
