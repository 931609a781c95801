"""`/metrics` of a server: what the database says, and what its process has done, to whom it is told."""

from fakes.api import Api
from fakes.source import make_task
from prometheus_client.parser import text_string_to_metric_families


def read(api: Api, **headers: str) -> dict[tuple[str, ...], float]:
    answer = api.client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [one for family in text_string_to_metric_families(answer.text) for one in family.samples]
    return {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in samples}


def submitted(api: Api) -> str:
    body = {"task": make_task(1).model_dump(mode="json", exclude_unset=True), "dataset": "numbers"}
    return api.post("/v1/jobs", body)["id"]


def test_a_job_is_counted_once(api: Api) -> None:
    assert read(api)["autoiot_jobs", "finished"] == 0
    job = submitted(api)
    api.events(job)
    seen = read(api)
    assert (seen["autoiot_jobs", "finished"], seen["autoiot_jobs", "queued"]) == (1, 0)
    assert seen["autoiot_queue_oldest_seconds", "cpu"] == seen["autoiot_queue_oldest_seconds", "gpu"] == 0
    assert seen[("autoiot_workers_busy",)] == 0
    assert seen["autoiot_job_attempts_total", "finish"] == 1
    usage = api.get(f"/v1/jobs/{job}/usage")
    calls = {name: value for name, value in seen.items() if name[0] == "autoiot_calls_total"}
    tokens = {name[1]: value for name, value in seen.items() if name[0] == "autoiot_model_tokens_total"}
    assert sum(calls.values()) == usage["calls"] > 0
    assert (tokens["input"], tokens["output"]) == (usage["input_tokens"], usage["output_tokens"])
    finished = [data for _, kind, data in api.events(job) if kind == "finished"]
    assert sum(value for name, value in seen.items() if name[0] == "autoiot_nodes_total") == len(finished)
    assert seen["autoiot_sandbox_runs_total", "ok", "process"] > 0
    assert seen["autoiot_http_requests_total", "GET", "/v1/jobs/{job}/events", "2xx"] == 1
    assert job not in str(seen)


def test_only_an_admin_reads_it(api: Api) -> None:
    api.ask_for_keys()
    read(api)
    admin = api.post("/v1/keys", {"name": "ann", "role": "admin"}, 201)["secret"]
    member = api.post("/v1/keys", {"name": "bob"}, 201, headers={"X-API-Key": admin})["secret"]
    api.get("/metrics", 401)
    api.get("/metrics", 403, headers={"Authorization": f"Bearer {member}"})
    read(api, Authorization=f"Bearer {admin}")


def test_a_request_has_an_id(api: Api) -> None:
    assert api.client.get("/healthz", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"] == "mine-1"
    for odd in ("a b", "x" * 65, "a\tb"):
        made = api.client.get("/v1/nothing", headers={"X-Request-ID": odd}).headers["x-request-id"]
        assert len(made) == 16 and made != odd
