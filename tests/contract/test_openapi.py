"""Every answer is one that the OpenAPI document names, whatever is asked: with a key and without, of what is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from fakes.api import Api, served
from fakes.archives import zipped
from fakes.source import ScriptedSource, make_dataset, make_script, make_task
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks

from app.api.app import create_app
from app.db.address import sqlite_address

EXAMPLES = 5
load_all_checks()
EXCLUDED = [
    CHECKS.get_one(name)
    for name in (
        # What fits the schema may still be refused by its meaning: a dataset that there is not, a name that is taken.
        "positive_data_acceptance",
        # A header or a field of a query that no route knows means nothing, and is let pass as everywhere on the web.
        "negative_data_rejection",
        # Each of several routes of one path names its own method.
        "allow_header_conformance",
        # It asks again by itself, over the network; the pass without a key says the same.
        "ignored_auth",
    )
]
SCHEMA = schemathesis.openapi.from_dict(create_app(lambda: pytest.fail("nothing is opened")).openapi())


@schemathesis.serializer("application/zip", "application/gzip")
def as_it_is(_: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode()


fixed = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Ground:
    """A server with a finished job, and the names of what it has."""

    api: Api
    key: str
    names: dict[str, Any]
    doomed: dict[str, Any]
    """What may be deleted."""

    def send(self, case: Case, **headers: str) -> int:
        asked = case.as_transport_kwargs(base_url=str(self.api.client.base_url), headers=headers)
        # No cookie means anything here.
        asked = {name: value for name, value in asked.items() if name not in ("cookies", "verify")}
        if isinstance(asked.get("data"), bytes | str):
            asked["content"] = asked.pop("data")
        answer = self.api.client.request(**asked)
        case.validate_response(answer, excluded_checks=EXCLUDED)
        return answer.status_code

    def there(self, case: Case) -> dict[str, Any]:
        known = self.doomed if case.method == "DELETE" else self.names
        return {name: known[name] for name in case.path_parameters or {}}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("openapi")
    make_dataset(folder / "data")
    source = ScriptedSource(make_script(), folder / "calls")
    with served(folder, source, sqlite_address(folder / "autoiot.db")) as api:
        body = {"task": make_task(1).model_dump(mode="json", exclude_unset=True), "dataset": "numbers"}
        jobs = [api.post("/v1/jobs", body)["id"] for _ in range(2)]
        for job in jobs:
            api.events(job)
        api.client.put("/v1/datasets/doomed/archive", content=zipped({"a.csv": b"x\n1\n"}))
        api.client.put("/v1/knowledge/notes/beats.md", content=b"# Beats\nAn R peak is sharp and narrow.")
        api.ask_for_keys()
        made = api.post("/v1/keys", {"name": "ann", "role": "admin"}, 201)
        spare = api.post("/v1/keys", {"name": "bob"}, 201, headers={"X-API-Key": made["secret"]})
        checkpoint = api.get(f"/v1/jobs/{jobs[0]}/checkpoints", headers={"X-API-Key": made["secret"]})[0]["id"]
        names = {"job": jobs[0], "name": "numbers", "key": made["id"], "number": 1, "checkpoint": checkpoint}
        names |= {"collection": "notes", "source": "beats.md"}
        doomed = names | {"job": jobs[1], "name": "doomed", "key": spare["id"]}
        yield Ground(api, made["secret"], names, doomed)


@fixed
@SCHEMA.parametrize()
def test_whatever_is_asked(case: Case, ground: Ground) -> None:
    ground.send(case, Authorization=f"Bearer {ground.key}")


@fixed
@SCHEMA.include(path_regex="{").parametrize()
def test_whatever_is_asked_of_what_is_there(case: Case, ground: Ground) -> None:
    case.path_parameters = ground.there(case)
    ground.send(case, Authorization=f"Bearer {ground.key}")


@fixed
@SCHEMA.include(path_regex="^/v1/").parametrize()
def test_whatever_is_asked_without_a_key(case: Case, ground: Ground) -> None:
    # A body that is no JSON is refused even before the key is asked for.
    assert ground.send(case) in (400, 401, 405, 422)
