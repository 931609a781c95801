"""The server seen from outside: its metrics after a job, and its log."""

import json
import signal
from pathlib import Path

import pytest
from fakes.served import Server, body, followed, opened
from prometheus_client.parser import text_string_to_metric_families


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_job_is_seen(server: Server, archive: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stream:
        server.log = stream
        server.start()
    with opened(server, archive) as client:
        job = client.post("/v1/jobs", json=body()).raise_for_status().json()["id"]
        followed(client, job, 0, "status", "finished")
        usage = client.get(f"/v1/jobs/{job}/usage").json()
        page = client.get("/metrics").raise_for_status().text
        key = client.headers["authorization"].removeprefix("Bearer ")
    server.stop(signal.SIGTERM)
    samples = [one for family in text_string_to_metric_families(page) for one in family.samples]
    assert sum(one.value for one in samples if one.name == "autoiot_calls_total") == usage["calls"]
    spent = {one.labels["kind"]: one.value for one in samples if one.name == "autoiot_model_tokens_total"}
    assert spent == {"input": usage["input_tokens"], "output": usage["output_tokens"]}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {line["node"] for line in lines if line.get("job") == job and line["event"] == "step ends"} > {"verify"}
    assert any(line.get("path") == f"/v1/jobs/{job}/usage" and line["status"] == 200 for line in lines)
    assert key not in log.read_text()
