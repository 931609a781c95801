import httpx2
import pytest

from app.client.retry import Sending, again_after_answer, again_after_error

READ, POST, KEYED, UPLOAD = Sending("GET"), Sending("POST"), Sending("POST", "key"), Sending("PUT", is_stream=True)
REFUSED, BROKEN = httpx2.ConnectError("refused"), httpx2.ReadError("reset")


@pytest.mark.parametrize(
    ("sending", "error", "again"),
    [
        (READ, REFUSED, True),
        (READ, BROKEN, True),
        (READ, httpx2.UnsupportedProtocol("x"), False),
        (READ, ValueError(), False),
        (POST, REFUSED, True),
        (POST, BROKEN, False),
        (KEYED, BROKEN, True),
        (UPLOAD, REFUSED, False),
    ],
)
def test_after_an_error(sending: Sending, error: Exception, again: bool) -> None:
    assert again_after_error(sending, error) is again


@pytest.mark.parametrize(
    ("sending", "status", "told", "again"),
    [
        (READ, 503, None, True),
        (READ, 500, None, False),
        (READ, 404, None, False),
        (POST, 503, None, False),
        (KEYED, 503, None, True),
        (POST, 429, 2.0, True),
        (POST, 429, None, False),
        (READ, 429, 3600.0, False),
        (UPLOAD, 503, 1.0, False),
    ],
)
def test_after_an_answer(sending: Sending, status: int, told: float | None, again: bool) -> None:
    assert again_after_answer(sending, status, told) is again
