"""A server that says what a test has it say."""

from collections.abc import Callable

import httpx2

from app.client.address import parse_address
from app.client.connection import Connection
from app.client.jobs import RemoteJobs

KEY = "ak_a-key-that-nobody-shall-see"


class Scripted:
    """Answers in this order, an exception by raising it; keeps what it was asked."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def connection(handler: Callable[[httpx2.Request], httpx2.Response], key: str | None = KEY) -> Connection:
    return Connection(parse_address("http://127.0.0.1:8000"), key, httpx2.MockTransport(handler))


def jobs(handler: Callable[[httpx2.Request], httpx2.Response]) -> RemoteJobs:
    return RemoteJobs(connection(handler))


def problem(status: int, detail: str, **headers: str) -> httpx2.Response:
    kind = {"content-type": "application/problem+json"}
    return httpx2.Response(
        status, json={"detail": detail}, headers=kind | {k.replace("_", "-"): v for k, v in headers.items()}
    )
