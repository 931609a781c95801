"""The server as a process: a key, an upload, a job that outlives a kill -9, its bundle, and the same number again."""

import json
import signal
import zipfile
from pathlib import Path

import httpx2
from fakes.served import Server, body, followed, opened, refuse_paid_twice


def test_a_job_is_served_through_a_kill(server: Server, archive: Path, tmp_path: Path) -> None:
    server.start()
    with opened(server, archive) as client:
        assert httpx2.get(f"{server.address}/v1/jobs").status_code == 401
        assert client.post("/v1/datasets/records/check", timeout=60).json() == {"problems": [], "notes": []}
        job = client.post("/v1/jobs", json=body()).raise_for_status().json()["id"]
        seen = followed(client, job, 0, "note")
        server.stop(signal.SIGKILL)
        server.start()
        assert followed(client, job, seen, "status", "finished") > seen
        shown = client.get(f"/v1/jobs/{job}").json()
        assert shown["status"] == "finished"
        # Taken, taken away from the killed one, taken again.
        assert shown["attempt"] == 3
        refuse_paid_twice(client.get(f"/v1/jobs/{job}/calls").json())
        (tmp_path / "bundle.zip").write_bytes(client.get(f"/v1/jobs/{job}/bundle").content)
    zipfile.ZipFile(tmp_path / "bundle.zip").extractall(tmp_path / "bundle")
    program = str(tmp_path / "bundle" / "program.py")
    said = json.loads(server.command("score", program, "--dataset", str(tmp_path / "records"), "--json"))
    assert said["metrics"]["f1"] == shown["test"]["f1"] > 0.99
    server.stop(signal.SIGTERM)
