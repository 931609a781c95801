from typing import Any

import httpx2
import pytest
from fakes.remote import KEY, Scripted, connection, jobs, problem

from app.client.errors import AutoiotError, NoServer, NotAutoiot, Refused
from app.client.retry import Sending, retrying

HTML = {"content-type": "text/html"}
DONE = httpx2.Response(202, json={"id": "a-1"})


def test_one_job_is_meant_however_often_it_is_asked_for() -> None:
    server = Scripted(problem(503, "busy", retry_after="0"), httpx2.ReadError("reset"), DONE)
    assert jobs(server).submit({}) == "a-1"
    keys = [request.headers["idempotency-key"] for request in server.asked]
    assert len(keys) == 3 and len(set(keys)) == 1
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_an_answer_to_a_review_is_sent_once() -> None:
    server = Scripted(httpx2.ReadError("reset"), DONE)
    with pytest.raises(NoServer, match="the connection broke: reset"):
        jobs(server).answer("a-1", {"action": "go"})
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "line"),
    [
        (problem(401, "the key is not valid"), Refused, "AUTOIOT_KEY: the key is not valid"),
        (problem(422, "one\n  line"), Refused, "^one line$"),
        (
            httpx2.Response(200, text="<html>", headers=HTML),
            NotAutoiot,
            r"no AutoIOT server answers there \(200, text/html",
        ),
        (httpx2.Response(404, text="<html>", headers=HTML), NotAutoiot, "no AutoIOT server"),
        (httpx2.Response(200, text="{", headers={"content-type": "application/json"}), NotAutoiot, "no AutoIOT server"),
        (httpx2.Response(302, headers={"location": "https://else.example"}), NotAutoiot, "leads on to https://else"),
        (httpx2.Response(500, text="oops"), Refused, "the server failed"),
    ],
)
def test_what_goes_wrong_is_one_line(answer: httpx2.Response, kind: type[AutoiotError], line: str) -> None:
    with pytest.raises(kind, match=line) as failed:
        connection(Scripted(answer)).get("/v1/jobs")
    assert KEY not in str(failed.value) and "\n" not in str(failed.value)


def test_what_a_terminal_would_obey_is_left_out() -> None:
    answer = httpx2.Response(200, json={"id": "a\x1b[2J", "all": ["\x9b1m", 1]})
    assert connection(Scripted(answer)).get("/v1/jobs/a") == {"id": "a[2J", "all": ["1m", 1]}


def test_the_list_goes_on_page_by_page() -> None:
    more = {"status": "waiting", "created": "2026-01-01T00:00", "dataset": "records"}
    page = [{"id": f"a-{number}"} | more for number in range(200)]
    server = Scripted(
        httpx2.Response(200, json={"jobs": page, "next": "a-199"}),
        httpx2.Response(200, json={"jobs": page[:3], "next": None}),
    )
    assert len(jobs(server).all("waiting", 250)) == 203
    assert dict(server.asked[1].url.params) == {"status": "waiting", "before": "a-199", "limit": "50"}


@pytest.mark.parametrize(
    ("answer", "place"),
    [({}, "all of it|id"), ([], "all of it"), ({"id": "a-1", "usage": 3}, "name"), ({"id": ["a-1"]}, "id")],
)
def test_a_server_of_another_version_is_told_of_in_one_line(answer: Any, place: str) -> None:
    with pytest.raises(NotAutoiot, match=rf"not understood \(({place}): .* of another version") as failed:
        jobs(Scripted(httpx2.Response(200, json=answer))).show("a-1")
    assert "\n" not in str(failed.value)


def test_what_a_newer_server_says_besides_is_kept() -> None:
    answer = {"problems": [], "notes": ["n"], "hints": {"new": 1}}
    assert jobs(Scripted(httpx2.Response(200, json=answer))).check("records") == answer


@pytest.mark.parametrize(
    ("patient", "error", "times"),
    [(False, httpx2.ConnectError, 2), (False, httpx2.ConnectTimeout, 1), (True, httpx2.ConnectTimeout, 4)],
)
def test_only_who_watches_waits_for_a_server(patient: bool, error: type[Exception], times: int) -> None:
    server = Scripted(*[error("away")] * 4)
    asked = retrying(Sending("GET"), patient=patient).copy(sleep=lambda _: None)
    with pytest.raises(error):
        asked(server, httpx2.Request("GET", "http://127.0.0.1:8000"))
    assert len(server.asked) == times
