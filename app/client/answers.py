"""What an answer of a server means: a value, or one line that says what is wrong."""

from typing import Any

import httpx2

from app.client.address import Address
from app.client.errors import NoServer, NotAutoiot, Refused
from app.client.plain import plain

PROBLEM = "application/problem+json"
BEHIND_PROXY = (502, 503, 504)
MOST_CHARACTERS = 300


def kind_of(response: httpx2.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def refuse_bad(response: httpx2.Response, address: Address, *, has_key: bool) -> None:
    """Reads the body of an answer that is no success.

    Raises:
        Refused: an AutoIOT server says what is wrong.
        NoServer: a proxy answers for one that is away, or it failed.
        NotAutoiot: it is something else.
    """
    status = response.status_code
    if response.is_success:
        return
    if response.is_redirect:
        # Not followed: the key would go to whoever is named there.
        place = plain(response.headers.get("location", ""))
        raise NotAutoiot(f"{address.url} leads on to {place[:MOST_CHARACTERS]}: name the server's own address")
    if kind_of(response) == PROBLEM:
        raise Refused(detail(response, has_key=has_key), status)
    reason = f"{status} {response.reason_phrase}".strip()
    if status in BEHIND_PROXY:
        raise NoServer(f"{address.url}: a proxy answers that the server is away ({reason}); try again later")
    if status >= 500:
        raise Refused(f"{address.url}: the server failed ({reason}); its log says why", status)
    raise strange(response, address)


def detail(response: httpx2.Response, *, has_key: bool) -> str:
    response.read()
    try:
        value = plain(response.json())
    except ValueError:
        value = None
    said = str(value.get("detail", "")) if isinstance(value, dict) else ""
    line = " ".join(said.split())[:MOST_CHARACTERS] or f"the server refuses ({response.status_code})"
    if response.status_code == 401:
        return f"AUTOIOT_KEY: {line}" if has_key else f"AUTOIOT_KEY is not set: {line}"
    return line


def value_of(response: httpx2.Response, address: Address) -> Any:
    """Raises NotAutoiot for what is no JSON."""
    if kind_of(response) != "application/json":
        raise strange(response, address)
    try:
        return plain(response.json())
    except ValueError as error:
        raise strange(response, address) from error


def strange(response: httpx2.Response, address: Address) -> NotAutoiot:
    kind = plain(kind_of(response))[:80] or "nothing"
    return NotAutoiot(f"{address.url}: no AutoIOT server answers there ({response.status_code}, {kind})")


def unreachable(address: Address, error: httpx2.TransportError) -> NoServer:
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        said = " ".join(str(error).split())[:MOST_CHARACTERS] or "no answer"
        return NoServer(f"{address.url}: no server can be reached there: {said}")
    if isinstance(error, httpx2.TimeoutException):
        return NoServer(f"{address.url}: the server does not answer in time; try again later")
    said = " ".join(str(error).split())[:MOST_CHARACTERS] or type(error).__name__
    return NoServer(f"{address.url}: the connection broke: {said}")
