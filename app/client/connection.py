"""HTTP to one server."""

import contextlib
import json
from collections.abc import Generator, Iterable
from typing import Any

import httpx2

from app.client.address import Address, check_key
from app.client.answers import refuse_bad, unreachable, value_of
from app.client.retry import Sending, retrying

TIMEOUT = httpx2.Timeout(60.0, connect=2.0)
PATIENT_TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
LONG_TIMEOUT = httpx2.Timeout(60.0, connect=10.0, read=3600.0)
"""For a server that unpacks an archive or reads a dataset."""


class Connection:
    """Sends the key, tries again where that is safe, and turns what goes wrong into one line."""

    def __init__(
        self,
        address: Address,
        key: str | None,
        transport: httpx2.BaseTransport | None = None,
        *,
        patient: bool = False,
    ) -> None:
        """`patient`: a server that cannot be reached is tried for longer. Raises AddressInvalid for an unusable key."""
        check_key(key or "")
        self.address = address
        self.patient = patient
        self.has_key = bool(key)
        self._client = httpx2.Client(
            base_url=address.url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=PATIENT_TIMEOUT if patient else TIMEOUT,
            transport=transport,
            # A proxy of the environment does not reach this machine.
            trust_env=not address.is_here,
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON. Raises Refused, NoServer, NotAutoiot, as all below."""
        return self._json(Sending("GET"), path, params=query)

    def post(
        self,
        path: str,
        body: Any = None,
        idempotency_key: str | None = None,
        timeout: httpx2.Timeout | None = None,
    ) -> Any:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        more: dict[str, Any] = {"timeout": timeout} if timeout else {}
        if body is not None:
            # Not `json=`: a lone surrogate of a task file is refused by the server, not by a codec here.
            more["content"] = json.dumps(body)
            headers["Content-Type"] = "application/json"
        return self._json(Sending("POST", idempotency_key), path, headers=headers, **more)

    def upload(self, path: str, chunks: Iterable[bytes]) -> Any:
        """Sends them once, as they come."""
        headers = {"Content-Type": "application/gzip"}
        sending = Sending("PUT", is_stream=True)
        return self._json(sending, path, content=chunks, headers=headers, timeout=LONG_TIMEOUT)

    @contextlib.contextmanager
    def download(self, path: str) -> Generator[Iterable[bytes]]:
        with self._told(), self._client.stream("GET", path) as response:
            refuse_bad(response, self.address, has_key=self.has_key)
            yield response.iter_bytes(1 << 16)

    @contextlib.contextmanager
    def events(self, path: str, after: int) -> Generator[httpx2.EventSource]:
        """Raises also httpx2.TransportError when the connection breaks: whoever follows goes on."""
        with self._client.sse(path, headers={"Last-Event-ID": str(after)}) as source:
            refuse_bad(source.response, self.address, has_key=self.has_key)
            yield source

    def delete(self, path: str) -> None:
        with self._told():
            self._answer(Sending("DELETE"), path)

    def _json(self, sending: Sending, path: str, **more: Any) -> Any:
        with self._told():
            return value_of(self._answer(sending, path, **more), self.address)

    def _answer(self, sending: Sending, path: str, **more: Any) -> httpx2.Response:
        response = retrying(sending, patient=self.patient)(self._client.request, sending.method, path, **more)
        refuse_bad(response, self.address, has_key=self.has_key)
        return response

    @contextlib.contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except httpx2.TransportError as error:
            raise unreachable(self.address, error) from error
        except httpx2.DecodingError as error:
            raise unreachable(self.address, httpx2.RemoteProtocolError(str(error))) from error
