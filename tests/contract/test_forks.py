"""Jobs that begin at a checkpoint of another one, on either database."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api, served
from fakes.source import ScriptedSource, answered, asked, make_dataset, make_script, make_task
from sqlalchemy import URL

from app.keys.quota import Quota

BODY: dict[str, Any] = {"task": make_task(1).model_dump(mode="json", exclude_unset=True), "dataset": "numbers"}


def finished(api: Api, job: str) -> str:
    assert json.loads(api.events(job)[-1][2])["status"] == "finished"
    return job


def before(api: Api, job: str, node: str) -> str:
    """The path of the last checkpoint that `node` follows on."""
    steps = api.get(f"/v1/jobs/{job}/checkpoints?limit=500")
    found = next(step for step in steps if step["next"] and set(step["next"]) == {node})
    return f"/v1/jobs/{job}/checkpoints/{found['id']}"


def test_a_fork_takes_over_what_was_before_and_pays_only_for_what_follows(api: Api, tmp_path: Path) -> None:
    parent = finished(api, api.post("/v1/jobs", BODY)["id"])
    paid = len(answered(tmp_path / "calls"))
    place = before(api, parent, "improve")
    answer = api.client.post(f"{place}/fork", json={"iterations": 2, "remarks": "mind the border"})
    assert answer.status_code == 202
    job = finished(api, answer.json()["id"])
    assert answer.headers["location"] == f"/v1/jobs/{job}" == answer.json()["links"]["self"]
    assert answered(tmp_path / "calls")[paid:] == [
        asked("improve", 1),
        asked("improve", 2),
        asked("document", item="1"),
    ]
    seen = api.get(f"/v1/jobs/{job}")
    assert seen["forked_from"] == {"job": parent, "checkpoint": place.rpartition("/")[2]}
    assert (seen["usage"]["calls"], seen["task"]["iterations"]) == (3, 2)
    assert [version["version"] for version in api.get(f"/v1/jobs/{job}/versions")] == [1, 2, 3]
    calls = api.get(f"/v1/jobs/{job}/calls")
    assert Counter(call["inherited"] for call in calls if call["kind"] == "chat") == {True: 7, False: 3}
    sent = {call["node"]: "mind the border" in call["request"] for call in calls if call["kind"] == "chat"}
    assert (sent["integrate"], sent["improve"]) == (False, True)
    # The other job is as it was.
    assert api.get(f"/v1/jobs/{parent}/versions")[-1]["version"] == 2
    assert api.get(f"/v1/jobs/{parent}")["forked_from"] is None


@pytest.mark.parametrize("node", ["search", "write_module", "integrate", "debug", "evaluate", "select", "document"])
def test_every_step_can_be_forked(api: Api, tmp_path: Path, node: str) -> None:
    parent = finished(api, api.post("/v1/jobs", BODY)["id"])
    place = before(api, parent, node)
    assert api.client.delete(f"/v1/jobs/{finished(api, api.post(f'{place}/fork', {})['id'])}").status_code == 204
    job = finished(api, api.post(f"{place}/fork", {})["id"])
    assert api.get(f"/v1/jobs/{job}")["test"] == api.get(f"/v1/jobs/{parent}")["test"]
    for name in ("versions", "artifacts"):
        # Pages and results name their own job.
        mine, others = (api.get(f"/v1/jobs/{one}/{name}") for one in (job, parent))
        assert len(mine) == len(others)
    mine, others = (Counter(map(named, api.get(f"/v1/jobs/{one}/calls"))) for one in (job, parent))
    assert mine == others


def named(call: dict[str, Any]) -> tuple[Any, ...]:
    return call["kind"], call["node"], call["iteration"], call["item"]


def test_a_fork_of_the_first_checkpoint_is_a_new_job(api: Api, tmp_path: Path) -> None:
    parent = finished(api, api.post("/v1/jobs", BODY)["id"])
    paid = Counter(answered(tmp_path / "calls"))
    first = api.get(f"/v1/jobs/{parent}/checkpoints?limit=500")[-1]
    job = finished(api, api.post(f"/v1/jobs/{parent}/checkpoints/{first['id']}/fork", {})["id"])
    assert Counter(answered(tmp_path / "calls")) == paid + paid
    assert api.get(f"/v1/jobs/{job}/usage")["calls"] == api.get(f"/v1/jobs/{parent}/usage")["calls"]


def test_a_job_that_waits_is_forked_and_its_fork_waits_too(api: Api) -> None:
    parent = api.post("/v1/jobs", BODY | {"review": True})["id"]
    api.wait_for(parent, "waiting")
    place = before(api, parent, "review")
    api.post(f"/v1/jobs/{parent}/cancel")
    job = api.post(f"{place}/fork", {})["id"]
    api.wait_for(job, "waiting")
    assert api.get(f"/v1/jobs/{job}/review")["iteration"] == 0
    api.post(f"/v1/jobs/{job}/review", {"action": "go"})
    finished(api, job)
    # From before the question: nobody is asked any more.
    finished(api, api.post(f"{before(api, parent, 'evaluate')}/fork", {"review": False})["id"])


@pytest.mark.parametrize("node", ["terms", "design", "execute", "improve"])
def test_a_fork_is_told_something(api: Api, node: str) -> None:
    parent = finished(api, api.post("/v1/jobs", BODY)["id"])
    # The last program of the other job was the last one that could follow anything.
    more = {"iterations": 2} if node == "execute" else {}
    body = {"instruction": "mind the border"} | more
    job = finished(api, api.post(f"{before(api, parent, node)}/fork", body)["id"])
    sent = [call["node"] for call in api.get(f"/v1/jobs/{job}/calls") if "mind the border" in call["request"]]
    # The first program is repaired once, and its repair is told what the program was made with.
    assert sent == (["design", "debug"] if node in ("terms", "design") else ["improve"])
    assert [line["heard"] for line in api.get(f"/v1/jobs/{job}/instructions")] == [True]
    refused = api.post(f"{before(api, parent, 'select')}/fork", {"instruction": "too late"}, 409)
    assert refused["detail"].startswith("instruction: no step follows")


def test_what_cannot_be_forked_is_refused(api: Api) -> None:
    parent = finished(api, api.post("/v1/jobs", BODY)["id"])
    steps = api.get(f"/v1/jobs/{parent}/checkpoints?limit=500")
    end = f"/v1/jobs/{parent}/checkpoints/{steps[0]['id']}/fork"
    assert "ends at that checkpoint" in api.post(end, {}, 409)["detail"]
    late = f"{before(api, parent, 'select')}/fork"
    assert api.post(late, {"iterations": 9}, 409)["detail"].startswith("iterations: no improvement follows")
    for body in ({"iterations": -1}, {"task": {}}, {"constraints": {"max_seconds": 0}}, {"model": ""}, []):
        assert api.post(late, body, 422)["status"] == 422
    assert api.post(f"/v1/jobs/{parent}/checkpoints/nonsense/fork", {}, 422)["status"] == 422
    other = "00000000-0000-0000-0000-000000000000"
    assert "no checkpoint" in api.post(f"/v1/jobs/{parent}/checkpoints/{other}/fork", {}, 404)["detail"]
    api.as_workspace("other")
    api.post(late, {}, 404)
    api.as_workspace("default")
    assert len(api.get("/v1/jobs")["jobs"]) == 1
    assert api.client.delete("/v1/datasets/numbers").status_code == 204
    assert "dataset of that job" in api.post(late, {}, 409)["detail"]
    assert len(api.get("/v1/jobs")["jobs"]) == 1


def test_the_same_key_means_the_same_fork(api: Api) -> None:
    parent = finished(api, api.post("/v1/jobs", BODY)["id"])
    path = f"{before(api, parent, 'improve')}/fork"
    made = {finished(api, api.post(path, {}, headers={"Idempotency-Key": "a"})["id"]) for _ in range(2)}
    assert len(made) == 1
    api.post(path, {"iterations": 1}, 422, headers={"Idempotency-Key": "a"})
    api.post("/v1/jobs", BODY, 422, headers={"Idempotency-Key": "a"})
    assert len(api.get("/v1/jobs")["jobs"]) == 2


def test_a_fork_counts_as_a_job_and_its_past_as_nothing(url: URL, tmp_path: Path) -> None:
    make_dataset(tmp_path / "data")
    source = ScriptedSource(make_script(), tmp_path / "calls")
    with served(tmp_path, source, url, quota=Quota(jobs_a_day=2)) as api:
        parent = finished(api, api.post("/v1/jobs", BODY)["id"])
        tokens = api.get("/v1/me")["use"]["tokens"]
        place = before(api, parent, "document")
        job = finished(api, api.post(f"{place}/fork", {})["id"])
        usage = api.get(f"/v1/jobs/{job}/usage")
        assert api.get("/v1/me")["use"]["tokens"] - tokens == usage["input_tokens"] + usage["output_tokens"]
        assert usage["calls"] == 1
        assert api.post(f"{place}/fork", {}, 429)["title"] == "Too Many Requests"
