"""Jobs over HTTP, on either database: the whole way, and every refusal."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api, served
from fakes.source import ScriptedSource, make_dataset, make_script, make_task
from sqlalchemy import URL

from app.cli.main import run as autoiot
from app.keys.quota import Quota

BODY: dict[str, Any] = {"task": make_task(1).model_dump(mode="json", exclude_unset=True), "dataset": "numbers"}


def finished(api: Api, **more: Any) -> str:
    job = api.post("/v1/jobs", BODY | more)["id"]
    assert json.loads(api.events(job)[-1][2])["status"] == "finished"
    return job


def test_the_whole_way(api: Api, tmp_path: Path) -> None:
    accepted = api.client.post("/v1/jobs", json=BODY)
    assert accepted.status_code == 202
    job = accepted.json()["id"]
    assert accepted.headers["location"] == accepted.json()["links"]["self"] == f"/v1/jobs/{job}"
    events = api.events(job)
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    assert {kind for _, kind, _ in events} >= {"status", "started", "finished", "version"}
    # A connection that broke in between goes on where it was.
    assert api.events(job, after=7) == events[7:]
    seen = api.get(f"/v1/jobs/{job}")
    assert (seen["status"], seen["stage"], seen["waits_for"], seen["problem"]) == ("finished", None, None, "")
    assert seen["best"]["measured"]
    assert 0.9 < seen["test"]["accuracy"] < 1.0
    assert seen["usage"]["calls"] > 5
    versions = api.get(f"/v1/jobs/{job}/versions")
    assert [version["version"] for version in versions] == [1, 2]
    second = api.get(f"/v1/jobs/{job}/versions/2")
    assert "def main" in second["source"]
    assert second["diff"].startswith("---")
    assert [line["kind"] for line in api.get(f"/v1/jobs/{job}/calls")].count("chat") > 5
    assert api.get(f"/v1/jobs/{job}/usage")["calls"] == seen["usage"]["calls"]
    steps = api.get(f"/v1/jobs/{job}/checkpoints")
    assert steps[0]["next"] == []
    assert api.get(f"/v1/jobs/{job}/checkpoints/{steps[1]['id']}")["next"] == ["document"]
    rescored(api, job, tmp_path, seen["test"]["accuracy"])


def rescored(api: Api, job: str, folder: Path, expected: float) -> None:
    """The program of the bundle reaches the reported number again."""
    bundle = zipfile.ZipFile(io.BytesIO(api.client.get(f"/v1/jobs/{job}/bundle").content))
    bundle.extractall(folder / "bundle")
    names = {item["name"] for item in api.get(f"/v1/jobs/{job}/artifacts")}
    assert names == set(bundle.namelist()) >= {"program.py", "README.md", "result.json", "report.html"}
    assert api.client.get(f"/v1/jobs/{job}/artifacts/program.py").content == bundle.read("program.py")
    page = api.client.get(f"/v1/jobs/{job}/report")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert b"<html" in page.content
    assert json.loads(bundle.read("result.json"))["best"]["test"]["accuracy"] == expected
    program = str(folder / "bundle" / "program.py")
    assert autoiot(["score", program, "--dataset", str(folder / "data"), "--sandbox", "process"]) == 0


def test_the_same_key_means_the_same_job(api: Api) -> None:
    asked = [api.post("/v1/jobs", BODY, headers={"Idempotency-Key": key})["id"] for key in ("a", "a", "b")]
    assert asked[0] == asked[1] != asked[2]
    assert len(api.get("/v1/jobs")["jobs"]) == 2


def test_a_key_is_for_one_request(api: Api) -> None:
    key = {"Idempotency-Key": "a"}
    made = api.post("/v1/jobs", BODY, headers=key)["id"]
    other = BODY | {"review": True}
    assert api.post("/v1/jobs", other, 422, headers=key)["detail"] == (
        f"Idempotency-Key: the job {made} was made with it, by another request: take a new one"
    )
    assert len(api.get("/v1/jobs")["jobs"]) == 1
    api.as_workspace("other")
    assert api.post("/v1/jobs", other, 404, headers=key)["detail"].startswith("there is no dataset")


def test_jobs_are_listed_by_pages(api: Api) -> None:
    made = [finished(api) for _ in range(3)]
    first = api.get("/v1/jobs?limit=2")
    assert [job["id"] for job in first["jobs"]] == made[:0:-1]
    second = api.get(f"/v1/jobs?limit=2&before={first['next']}")
    assert ([job["id"] for job in second["jobs"]], second["next"]) == (made[:1], None)
    assert api.get("/v1/jobs?status=running") == {"jobs": [], "next": None}
    assert api.get("/v1/jobs?status=nonsense", 422)["detail"].startswith("query.status")


def test_a_review_is_asked_and_answered(api: Api) -> None:
    job = api.post("/v1/jobs", BODY | {"review": True})["id"]
    api.wait_for(job, "waiting")
    assert api.get(f"/v1/jobs/{job}")["waits_for"] == "a review"
    question = api.get(f"/v1/jobs/{job}/review")
    assert (question["iteration"], question["best"]["version"]) == (0, 1)
    stale = {"action": "go", "iteration": 1}
    assert "about iteration 0 now" in api.post(f"/v1/jobs/{job}/review", stale, 409)["detail"]
    assert "goes on with an answer" in api.post(f"/v1/jobs/{job}/resume", status=409)["detail"]
    api.post(f"/v1/jobs/{job}/review", {"action": "go", "instruction": "look closer", "iteration": 0})
    api.wait_for(job, "finished")
    sent = [call["request"] for call in api.get(f"/v1/jobs/{job}/calls") if call["node"] == "improve"]
    assert "look closer" in sent[0]
    assert "asks nothing" in api.post(f"/v1/jobs/{job}/review", {"action": "go"}, 409)["detail"]


def test_a_review_is_answered_with_a_version_and_a_target(api: Api) -> None:
    job = api.post("/v1/jobs", BODY | {"review": True})["id"]
    api.wait_for(job, "waiting")
    review = f"/v1/jobs/{job}/review"
    assert (
        "version 7 is none that ran; choose from 1" in api.post(review, {"action": "go", "version": 7}, 409)["detail"]
    )
    assert "lies between 0 and 1" in api.post(review, {"action": "go", "target": 95}, 409)["detail"]
    assert api.post(review, {"action": "go", "version": 0}, 422)["detail"].startswith("body.version")
    api.post(review, {"action": "stop", "version": 1})
    api.wait_for(job, "finished")
    assert api.get(f"/v1/jobs/{job}")["best"]["version"] == 1


def test_another_workspace_has_no_such_job(api: Api) -> None:
    job = finished(api)
    checkpoint = api.get(f"/v1/jobs/{job}/checkpoints")[1]["id"]
    there = {"job": job, "number": 1, "name": "program.py", "checkpoint": checkpoint}
    api.as_workspace("other")
    assert api.get("/v1/jobs")["jobs"] == []
    routes = below_a_job(api)
    assert {("GET", "/v1/jobs/{job}/bundle"), ("POST", "/v1/jobs/{job}/review"), ("DELETE", "/v1/jobs/{job}")} < {
        *routes
    }
    for method, path in routes:
        answer = api.client.request(method, path.format(**there), json={} if method == "POST" else None)
        assert answer.status_code == 404, (method, path)
        assert answer.json()["detail"] == f"there is no job {job!r}"
    assert "there is no dataset" in api.post("/v1/jobs", BODY, 404)["detail"]
    api.as_workspace("default")
    assert api.get(f"/v1/jobs/{job}")["status"] == "finished"


def below_a_job(api: Api) -> list[tuple[str, str]]:
    paths = api.get("/v1/openapi.json")["paths"]
    return [(method.upper(), path) for path in paths if path.startswith("/v1/jobs/") for method in paths[path]]


def test_a_job_that_rests_can_be_deleted(api: Api, tmp_path: Path) -> None:
    job = finished(api)
    folder = tmp_path / "home" / "runs" / job
    assert folder.is_dir()
    assert api.client.delete(f"/v1/jobs/{job}").status_code == 204
    assert not folder.exists()
    api.get(f"/v1/jobs/{job}", 404)
    assert "finished cannot be cancelled" in api.post(f"/v1/jobs/{finished(api)}/cancel", status=409)["detail"]


def changed(**more: Any) -> dict[str, Any]:
    return BODY | {"task": BODY["task"] | more}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"dataset": "numbers"}, "body.task: Field required"),
        (BODY | {"color": "red"}, "body.color"),
        (BODY | {"sandbox": "process"}, "body.sandbox"),
        (changed(name=""), "body.task.name"),
        (changed(dataset="/etc"), "task.dataset: name the dataset beside the task"),
        (changed(knowledge=["/etc/passwd"]), "task.knowledge: there is no collection '/etc/passwd'"),
        (changed(scoring={**BODY["task"]["scoring"], "scorer": "/tmp/a.py"}), "task.scoring.scorer: choose one of"),
        (changed(target="x" * 30_000), "body.task.target"),
        (changed(target="x" * 980_000), "body.task.target"),
        (changed(constraints={"packages": ["numpy"] * 101}), "body.task.constraints.packages"),
        (changed(constraints={"packages": ["!"] * 90_000}), "body.task.constraints.packages.0"),
        (changed(**{f"field{number}": 1 for number in range(1000)}), "body.task.field0"),
        ([], "body"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_made(api: Api, body: Any, words: str) -> None:
    problem = api.post("/v1/jobs", body, 422)
    assert problem["detail"].startswith(words)
    assert "\n" not in problem["detail"]
    assert problem["status"] == 422
    assert len(problem.get("errors", ())) <= 20
    assert api.get("/v1/jobs")["jobs"] == []


@pytest.mark.parametrize("number", [2**31, 10**20 - 1])
def test_the_number_of_an_event_that_none_can_have_is_refused(api: Api, number: int) -> None:
    events = f"/v1/jobs/{api.post('/v1/jobs', BODY)['id']}/events"
    assert api.get(f"{events}?after={number}", 422)["detail"].startswith("query.after")
    assert api.get(events, 422, headers={"Last-Event-ID": str(number)})["detail"].startswith("header.last-event-id")


def test_the_highest_number_of_an_event_can_be_asked_for(api: Api) -> None:
    assert api.events(finished(api), after=2**31 - 1) == []


@pytest.mark.parametrize("checkpoint", ["%00", "nonsense"])
def test_a_checkpoint_that_none_can_be_is_refused(api: Api, checkpoint: str) -> None:
    job = api.post("/v1/jobs", BODY)["id"]
    assert api.get(f"/v1/jobs/{job}/checkpoints/{checkpoint}", 422)["detail"].startswith("path.checkpoint")


def test_a_dataset_that_is_none(api: Api) -> None:
    assert api.post("/v1/jobs", BODY | {"dataset": "../etc"}, 404)["detail"].startswith("there is no dataset '../etc'")


def test_a_dataset_is_not_deleted_while_a_job_needs_it(api: Api) -> None:
    job = api.post("/v1/jobs", BODY | {"review": True})["id"]
    api.wait_for(job, "waiting")
    answer = api.client.delete("/v1/datasets/numbers")
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        f"numbers is used by the job {job}: wait for its end, or cancel it",
    )
    assert api.post(f"/v1/jobs/{job}/cancel")["status"] == "cancelled"
    assert api.client.delete("/v1/datasets/numbers").status_code == 204


def test_a_quota_is_kept(url: URL, tmp_path: Path) -> None:
    make_dataset(tmp_path / "data")
    source = ScriptedSource(make_script(), tmp_path / "calls")
    with served(tmp_path, source, url, at_once=0, quota=Quota(jobs_running=1)) as api:
        key = {"Idempotency-Key": "a"}
        asked = [api.post("/v1/jobs", BODY, headers=key)["id"] for _ in range(2)]
        assert asked[0] == asked[1], "what was taken once is not refused when it is asked for again"
        assert api.post("/v1/jobs", BODY, 429)["title"] == "Too Many Requests"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"\xff\xfe", 422),
        (b"{" * 900_000, 422),
        (b'{"a":' * 100_000, 400),
        (b"[" * 490_000 + b"]" * 490_000, 400),
        (b'{"dataset": ' + b"9" * 900_000 + b"}", 400),
        (b"x" * 1_000_001, 413),
    ],
)
def test_a_body_that_cannot_be_read(api: Api, content: bytes, status: int) -> None:
    answer = api.client.post("/v1/jobs", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_an_endless_body_is_cut_off(api: Api) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(3000):
            yield b" " * 1000

    answer = api.client.post("/v1/jobs", content=chunks(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (413, "Content Too Large")


def test_an_artifact_is_one_of_those_listed(api: Api) -> None:
    job = finished(api)
    for name in ("..%2f..%2fautoiot.db", "%2fetc%2fpasswd", "candidates", "nope", "a%00b"):
        assert api.client.get(f"/v1/jobs/{job}/artifacts/{name}").status_code == 404


def test_health_and_the_document(api: Api) -> None:
    assert api.get("/healthz") == api.get("/readyz") == {"status": "ok"}
    document = api.get("/v1/openapi.json")
    assert "Problem" in document["components"]["schemas"]
    assert api.client.get("/v1/nowhere").headers["content-type"] == "application/problem+json"
    assert api.client.put("/v1/jobs").status_code == 405
