"""The door of the server, over either database: who comes in, who manages keys, and what never leaves."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.door import Visitor, make_app, visited
from fastapi import FastAPI
from sqlalchemy import URL, Connection, MetaData, create_engine, update

from app.db.tables import KeyRow
from app.keys.logs import hide_keys_in_logs
from app.keys.secret import new_secret


@pytest.fixture
def app(url: URL) -> FastAPI:
    return make_app(url)


@pytest.fixture
def nobody(app: FastAPI) -> Iterator[Visitor]:
    """Without a key, at the machine of the server."""
    with visited(app) as visitor:
        yield visitor


@pytest.fixture
def boss(nobody: Visitor) -> Visitor:
    return nobody.make("boss", role="admin")


def problem(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    detail: str = answer.json()["detail"]
    assert detail and "\n" not in detail
    return detail


def test_without_any_key_whoever_is_at_the_machine_is_its_admin(nobody: Visitor) -> None:
    me = nobody("GET", "/v1/me").json()
    assert me == {
        "workspace": "default",
        "role": "admin",
        "key": None,
        "quota": {"jobs_running": None, "jobs_a_day": None, "tokens": 9, "usd": None, "disk_mb": None},
        "use": {"jobs_running": 0, "jobs_a_day": 0, "tokens": 0, "usd": 0.0, "bytes": 0},
    }


@pytest.mark.parametrize(("client", "host"), [("10.0.0.7", "127.0.0.1"), ("127.0.0.1", "leads-here.example")])
def test_and_nobody_else_is(app: FastAPI, client: str, host: str) -> None:
    with visited(app, client, host) as visitor:
        assert "serves only this machine" in problem(visitor("GET", "/v1/me"), 401)


def test_nor_is_the_page_of_another_site(nobody: Visitor) -> None:
    page = Visitor(nobody.client, headers={"Origin": "https://elsewhere.example"})
    problem(page("DELETE", "/v1/keys/x"), 401)


def test_with_one_key_everybody_needs_one(nobody: Visitor, boss: Visitor) -> None:
    answer = nobody("GET", "/v1/me")
    assert "a key is needed" in problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert boss("GET", "/v1/me").json()["key"] == "boss"
    other = Visitor(nobody.client, headers={"X-API-Key": boss.key or ""})
    assert other("GET", "/v1/me").json()["key"] == "boss"


def test_wrong_revoked_expired_and_no_key_at_all_get_the_same_answer(nobody: Visitor, boss: Visitor, url: URL) -> None:
    gone, late = boss.make("gone"), boss.make("late", expires=1)
    assert boss("DELETE", f"/v1/keys/{key_id(gone)}").status_code == 204
    assert late("GET", "/v1/me").status_code == 200
    expire(url, late)
    wrong = ("x", "ak_", new_secret("0" * 12), new_secret(key_id(boss)), gone.key, late.key, "é")
    answers = [Visitor(nobody.client, key)("GET", "/v1/me") for key in wrong]
    assert len({problem(answer, 401) for answer in answers}) == 1
    assert all(key not in answer.text for key, answer in zip(wrong, answers, strict=True) if key and len(key) > 3)


def test_a_member_sees_the_own_workspace_and_manages_no_keys(boss: Visitor) -> None:
    ann = boss.make("ann", workspace="lab")
    assert (ann("GET", "/v1/me").json()["workspace"], ann("GET", "/v1/me").json()["role"]) == ("lab", "member")
    for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("DELETE", f"/v1/keys/{key_id(boss)}")):
        more = {"json": {"name": "x"}} if method == "POST" else {}
        problem(ann(method, path, **more), 403)


def test_an_admin_makes_a_key_that_is_shown_once(boss: Visitor) -> None:
    answer = boss("POST", "/v1/keys", json={"name": "ann", "workspace": "lab", "expires": "2999-12-31"})
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert made["secret"].startswith(f"ak_{made['id']}_") and made["expires"].startswith("2999-12-31T23:59")
    listed = boss("GET", "/v1/keys")
    assert [(key["name"], key["valid"]) for key in listed.json()] == [("boss", True), ("ann", True)]
    assert made["secret"] not in listed.text and "digest" not in listed.text
    assert [key["name"] for key in boss("GET", "/v1/keys?workspace=lab").json()] == ["ann"]


def test_the_first_key_is_an_admins_and_the_last_one_stays(nobody: Visitor) -> None:
    assert "first key" in problem(nobody("POST", "/v1/keys", json={"name": "x"}), 409)
    boss = nobody.make("boss", role="admin")
    assert "last valid key" in problem(boss("DELETE", f"/v1/keys/{key_id(boss)}"), 409)
    problem(boss("DELETE", "/v1/keys/nope"), 404)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"name": ""},
        {"name": "\x00"},
        {"name": 1},
        {"name": "x", "role": "root"},
        {"name": "x", "workspace": ".."},
        {"name": "x", "workspace": None},
        {"name": "x", "expires": "soon"},
        {"name": "x", "expires": -1},
        {"name": "x", "expires": True},
        {"name": "x", "expires": 10**30},
        {"name": "x", "expires": ""},
        {"name": "x", "digest": "0" * 64},
    ],
)
def test_what_cannot_be_a_key_is_refused(boss: Visitor, body: Any) -> None:
    problem(boss("POST", "/v1/keys", json=body), 422)


def test_who_comes_too_often_is_told_when_to_come_again(url: URL) -> None:
    with visited(make_app(url, a_minute=3)) as nobody:
        boss = nobody.make("boss", role="admin")
        assert [boss("GET", "/v1/me").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = boss("GET", "/v1/me")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert "3 requests a minute" in problem(answer, 429)
        thief = Visitor(nobody.client, new_secret("0" * 12))
        assert [thief("GET", "/v1/me").status_code for _ in range(3)] == [401, 401, 429]


def test_a_key_is_in_no_log_no_answer_and_no_table(
    nobody: Visitor, boss: Visitor, url: URL, caplog: pytest.LogCaptureFixture
) -> None:
    before = logging.getLogRecordFactory()
    hide_keys_in_logs()
    caplog.set_level(logging.DEBUG)
    wrong = Visitor(nobody.client, new_secret("0" * 12))
    try:
        answers = [ask("GET", path) for ask in (boss, wrong) for path in ("/v1/me", "/v1/keys", "/broken", "/nowhere")]
    finally:
        logging.setLogRecordFactory(before)
    told = "\n".join([*(answer.text + str(answer.headers) for answer in answers), *rows(url)])
    assert [answer.status_code for answer in answers] == [200, 200, 500, 404, 401, 401, 401, 404]
    assert "it broke" in caplog.text and "RuntimeError" in caplog.text
    for visitor in (boss, wrong):
        assert visitor.key and visitor.key not in told + caplog.text
        assert visitor.key.split("_", 2)[2] not in told + caplog.text


@contextlib.contextmanager
def beside(url: URL) -> Iterator[Connection]:
    """Into the database, past the server."""
    engine = create_engine(url.set(drivername=url.drivername.replace("+aiosqlite", "")))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def expire(url: URL, visitor: Visitor) -> None:
    """As if the days of its key were over."""
    with beside(url) as connection:
        past = update(KeyRow).where(KeyRow.id == key_id(visitor)).values(expires="2020-01-01T00:00:00+00:00")
        assert connection.execute(past).rowcount == 1


def rows(url: URL) -> list[str]:
    """Everything that is in the database."""
    with beside(url) as connection:
        tables = MetaData()
        tables.reflect(connection)
        found = [str(row) for table in tables.sorted_tables for row in connection.execute(table.select())]
    assert any("boss" in row for row in found)
    return found


def test_the_description_of_the_api_names_both_ways_to_show_a_key(app: FastAPI) -> None:
    schema = app.openapi()
    assert {"HTTPBearer", "APIKeyHeader"} <= set(schema["components"]["securitySchemes"])
    assert schema["paths"]["/v1/me"]["get"]["security"] == [{"HTTPBearer": []}, {"APIKeyHeader": []}]


def key_id(visitor: Visitor) -> str:
    assert visitor.key
    return visitor.key.split("_")[1]
