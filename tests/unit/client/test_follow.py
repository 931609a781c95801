import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fakes.remote import Scripted, jobs, problem

from app.client.errors import NoServer, NotAutoiot, Refused
from app.client.follow import MOST_FAILURES, Follower, pause_after

STREAM = {"content-type": "text/event-stream; charset=utf-8"}


class Broken(httpx2.SyncByteStream):
    """The connection breaks in the midst of an event."""

    def __init__(self, content: str) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content.encode()
        raise httpx2.ReadError("reset")


def sent(number: int, kind: str, **data: Any) -> str:
    return f": ping\nevent: {kind}\ndata: {json.dumps(data)}\nid: {number}\nretry: 1000\n\n"


def stream(*events: str) -> httpx2.Response:
    return httpx2.Response(200, text="".join(events), headers=STREAM)


def broken(*events: str) -> httpx2.Response:
    return httpx2.Response(200, stream=Broken("".join(events)), headers=STREAM)


def status(word: str) -> httpx2.Response:
    return httpx2.Response(200, json={"status": word})


def followed(server: Scripted) -> list[int]:
    return [event.number for event in Follower(jobs(server), "a-1", sleep=lambda _: None)]


def test_a_broken_connection_goes_on_after_the_last_whole_event() -> None:
    server = Scripted(
        broken(sent(1, "status", status="running"), sent(2, "note"), "id: 3\nevent: note\nda"),
        httpx2.ConnectError("refused"),
        problem(503, "the database does not answer"),
        stream(sent(3, "note"), sent(4, "status", status="finished")),
    )
    assert followed(server) == [1, 2, 3, 4]
    assert [request.headers["last-event-id"] for request in server.asked] == ["0", "2", "2", "2"]


def test_a_server_that_stops_ends_its_streams_but_not_the_job() -> None:
    server = Scripted(
        stream(sent(1, "status", status="running")),
        status("queued"),
        stream(sent(2, "note")),
        # It came to its end between the stream and the question: the rest is read once more.
        status("finished"),
        stream(sent(3, "status", status="finished")),
    )
    assert followed(server) == [1, 2, 3]


def test_what_is_no_event_or_came_before_is_passed_over() -> None:
    double = sent(1, "note")
    server = Scripted(
        stream("data: x\nid: 7\n\n", "data: {}\n\n", double, double, sent(2, "status", status="cancelled"))
    )
    assert followed(server) == [1, 2]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(404, "there is no job"), Refused),
        (problem(401, "revoked"), Refused),
        (httpx2.Response(200, text="<html>", headers={"content-type": "text/html"}), NotAutoiot),
    ],
)
def test_some_answers_are_the_last(answer: httpx2.Response, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        followed(Scripted(answer))


def test_it_is_given_up_at_last() -> None:
    with pytest.raises(NoServer, match="the job goes on without it"):
        followed(Scripted(*[httpx2.ConnectError("refused")] * (MOST_FAILURES + 1)))


def test_pauses_grow_to_a_limit() -> None:
    assert [pause_after(failures) for failures in (1, 2, 3, 9)] == [1, 2, 4, 30]
