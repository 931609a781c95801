"""The routes of datasets, on either database: what callers get to see, and what is refused before it is read."""

import contextlib
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from fakes.archives import gzipped, tarred, zipped
from fastapi import FastAPI, Header
from fastapi.testclient import TestClient
from sqlalchemy import URL
from starlette.exceptions import HTTPException

from app.api.access import Caller, current
from app.api.datasets import router
from app.api.problems import MEDIA_TYPE, handle_problems
from app.datasets.caps import Caps
from app.datasets.registered import RegisteredDatasets
from app.datasets.uploads import Uploads
from app.db.tables import Role
from app.wiring import open_store

CAPS = Caps(archive=100_000, total=200_000, file=100_000, members=50, slack=50_000)
ARCHIVE = zipped({"all/README": b"data", "all/a.csv": b"t\n1\n"})
MEMBER, ADMIN, OTHER = ({"who": who} for who in ("one member", "one admin", "two member"))


async def by_header(who: Annotated[str, Header()] = "") -> Caller:
    if not who:
        raise HTTPException(401, "send a key")
    workspace, role = who.split()
    known: dict[str, Role] = {"member": "member", "admin": "admin"}
    return Caller(workspace, known[role])


@pytest.fixture
def client(url: URL, home: Path, root: Path) -> Iterator[TestClient]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[dict[str, Any]]:
        async with open_store(url) as (database, _):
            datasets = RegisteredDatasets(database, home, (root,), CAPS, uploads=Uploads(CAPS, reserve=0))
            yield {"services": SimpleNamespace(datasets=datasets)}

    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    app.dependency_overrides[current] = by_header
    handle_problems(app)
    with TestClient(app) as client:
        yield client


def left(home: Path) -> list[str]:
    return [path.name for part in ("uploads", "datasets") for path in (home / part).glob("*") if path.name != "lock"]


def send(client: TestClient, content: Any = ARCHIVE, name: str = "ecg", **more: Any) -> Any:
    return client.put(f"/v1/datasets/{name}/archive", content=content, **{"headers": MEMBER} | more)


def refused(response: Any, status: int, words: str) -> None:
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE)
    problem = response.json()
    assert words in problem["detail"]
    assert len(problem["detail"].splitlines()) == 1


def test_the_way_of_an_upload(client: TestClient, home: Path) -> None:
    made = send(client)
    assert made.status_code == 201
    shown = made.json()
    assert {**shown, "created": ""} == {"name": "ecg", "uploaded": True, "files": 2, "bytes": 8, "created": ""}
    assert client.get("/v1/datasets/ecg", headers=MEMBER).json() == shown
    assert client.get("/v1/datasets", headers=MEMBER).json() == [shown]
    assert client.post("/v1/datasets/ecg/check", headers=MEMBER).json() == {"problems": [], "notes": []}
    assert send(client, gzipped(tarred({"b.csv": b"1"}))).status_code == 200
    assert client.delete("/v1/datasets/ecg", headers=MEMBER).status_code == 204
    refused(client.get("/v1/datasets/ecg", headers=MEMBER), 404, "no dataset 'ecg'")
    assert left(home) == []


def test_those_of_another_workspace_are_not_there(client: TestClient, home: Path) -> None:
    send(client)
    before = left(home)
    assert client.get("/v1/datasets", headers=OTHER).json() == []
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/check")):
        refused(client.request(method, f"/v1/datasets/ecg{path}", headers=OTHER), 404, "no dataset 'ecg'")
    assert left(home) == before


def test_a_stream_without_a_length(client: TestClient) -> None:
    assert send(client, iter([ARCHIVE[:50], ARCHIVE[50:]])).status_code == 201


def test_without_a_key_nothing_of_the_body_is_read(client: TestClient, home: Path) -> None:
    refused(send(client, unreadable(), headers={}), 401, "send a key")
    assert left(home) == []


def test_ten_gigabytes_are_refused_by_their_length(client: TestClient, home: Path) -> None:
    refused(send(client, unreadable(), headers=MEMBER | {"content-length": str(10 * 2**30)}), 413, "larger than")
    assert left(home) == []


def unreadable() -> Iterator[bytes]:
    """The test client reads a body as a whole before it sends it: one chunk, which no archive begins with."""
    yield b"not read"


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (gzipped(tarred({"a": bytes(90_000)})), 413, "as bombs do"),
        (bytes(100_001), 413, "larger than"),
        (zipped({"../../a": b"1"}), 422, "'..'"),
        (b"no archive", 422, ".tar.gz"),
        (b"", 422, ".tar.gz"),
    ],
)
def test_a_bad_archive_leaves_nothing(content: bytes, status: int, words: str, client: TestClient, home: Path) -> None:
    refused(send(client, content), status, words)
    assert left(home) == []
    assert client.get("/v1/datasets", headers=MEMBER).json() == []


@pytest.mark.parametrize("name", [".hidden", "a%20b", "a%5Cb", "a" * 65, "a%00"])
def test_a_bad_name(name: str, client: TestClient, home: Path, root: Path) -> None:
    refused(send(client, name=name), 422, "a dataset's name has")
    asked = {"name": "../x", "folder": str(root / "data")}
    refused(client.post("/v1/datasets", json=asked, headers=ADMIN), 422, "a dataset's name has")
    assert left(home) == []


@pytest.mark.parametrize("name", ["..%2F..%2Fx", "a%2Fb", "%2Fetc"])
def test_a_path_for_a_name_leads_nowhere(name: str, client: TestClient, home: Path) -> None:
    assert send(client, name=name).status_code == 404
    assert left(home) == []


def test_a_folder_is_registered_by_an_admin_and_its_path_is_theirs(client: TestClient, root: Path) -> None:
    asked = {"name": "ecg", "folder": str(root / "data")}
    refused(client.post("/v1/datasets", json=asked, headers=MEMBER), 403, "by an admin")
    assert client.get("/v1/datasets", headers=MEMBER).json() == []
    made = client.post("/v1/datasets", json=asked, headers=ADMIN)
    assert (made.status_code, made.json()["folder"], made.json()["uploaded"]) == (201, str(root / "data"), False)
    assert str(root) not in client.get("/v1/datasets", headers=MEMBER).text
    assert client.get("/v1/datasets/ecg", headers=ADMIN).json()["folder"] == str(root / "data")
    refused(client.post("/v1/datasets", json=asked, headers=ADMIN), 409, "already")
    refused(send(client), 409, "folder of the server")


@pytest.mark.parametrize("name", ["\\ud800", "\\udcff", "\\u0000"])
def test_a_folder_that_no_name_can_be_is_refused(name: str, client: TestClient, root: Path) -> None:
    # As bytes: what such a name is made of exists in JSON alone.
    asked = f'{{"name": "ecg", "folder": "{root}/{name}"}}'.encode()
    sent = client.post("/v1/datasets", content=asked, headers=ADMIN | {"content-type": "application/json"})
    refused(sent, 422, "give an absolute path")


@pytest.mark.parametrize(
    "asked",
    [{"name": "a"}, {"name": "a", "folder": 1}, {"name": "a", "folder": "/", "uploaded": True}, [], {"name": None}],
)
def test_a_registration_that_cannot_be_read(asked: Any, client: TestClient) -> None:
    response = client.post("/v1/datasets", json=asked, headers=ADMIN)
    assert (response.status_code, response.headers["content-type"]) == (422, MEDIA_TYPE)


def test_the_routes_are_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert sorted(paths) == [
        "/v1/datasets",
        "/v1/datasets/{name}",
        "/v1/datasets/{name}/archive",
        "/v1/datasets/{name}/check",
    ]
    upload = paths["/v1/datasets/{name}/archive"]["put"]
    assert "application/zip" in upload["requestBody"]["content"]
    assert {"200", "201", "401", "409", "413", "422"} <= set(upload["responses"])
