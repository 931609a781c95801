"""Which requests are sent once more, and when: only those that cannot do their work twice."""

from dataclasses import dataclass

import httpx2
from tenacity import RetryCallState, Retrying, retry_base, stop_after_attempt, wait_exponential_jitter
from tenacity.wait import wait_base

ATTEMPTS = 4
LONGEST_WAIT = 60.0
"""Seconds; whoever is told to wait longer is told so instead."""
BUSY = (429, 502, 503, 504)
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout)
HOPELESS = (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError)
_BACKOFF = wait_exponential_jitter(multiplier=0.4, max=8, jitter=0.2)


@dataclass(frozen=True)
class Sending:
    """A request, as far as a repetition is concerned."""

    method: str
    idempotency_key: str | None = None
    is_stream: bool = False
    """Its body can be read once only."""

    @property
    def is_safe(self) -> bool:
        """Whether it may arrive twice."""
        return self.method == "GET" or self.idempotency_key is not None


def is_unreachable(error: BaseException, attempt: int) -> bool:
    """Whether somebody who waits for one answer should rather hear of it: one refusal may be a server that restarts."""
    return isinstance(error, httpx2.ConnectTimeout) or (isinstance(error, NOT_SENT) and attempt > 1)


def again_after_error(sending: Sending, error: BaseException) -> bool:
    if sending.is_stream or not isinstance(error, httpx2.TransportError) or isinstance(error, HOPELESS):
        return False
    return sending.is_safe or isinstance(error, NOT_SENT)


def again_after_answer(sending: Sending, status: int, retry_after: float | None) -> bool:
    """A quota gives no time, and passes by no waiting of seconds; a rate does."""
    if sending.is_stream or status not in BUSY or (retry_after or 0.0) > LONGEST_WAIT:
        return False
    # A rate is looked at before anything is done.
    return retry_after is not None if status == 429 else sending.is_safe


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds; a date counts as not given."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() else None


class _WhenItHelps(retry_base):
    def __init__(self, sending: Sending, *, patient: bool) -> None:
        self.sending, self.patient = sending, patient

    def __call__(self, retry_state: RetryCallState) -> bool:
        outcome = retry_state.outcome
        assert outcome
        error = outcome.exception()
        if error and not self.patient and is_unreachable(error, retry_state.attempt_number):
            return False
        if error:
            return again_after_error(self.sending, error)
        response: httpx2.Response = outcome.result()
        return again_after_answer(self.sending, response.status_code, retry_after(response))


class _AsTold(wait_base):
    def __call__(self, retry_state: RetryCallState) -> float:
        outcome = retry_state.outcome
        told = None if outcome is None or outcome.failed else retry_after(outcome.result())
        return told if told is not None else _BACKOFF(retry_state)


def _last(retry_state: RetryCallState) -> httpx2.Response:
    assert retry_state.outcome
    return retry_state.outcome.result()


def retrying(sending: Sending, *, patient: bool = True) -> Retrying:
    """Calls; what the last attempt gave or raised is what comes out."""
    return Retrying(
        retry=_WhenItHelps(sending, patient=patient),
        wait=_AsTold(),
        stop=stop_after_attempt(ATTEMPTS),
        retry_error_callback=_last,
    )
