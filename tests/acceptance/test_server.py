"""The server as a process: a key, an upload, a job that outlives a kill -9, its bundle, and the same number again."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from fakes.places import HEARTBEAT, REPOSITORY
from sqlalchemy import URL

AUTOIOT = str(Path(sysconfig.get_path("scripts"), "autoiot"))


@dataclass
class Server:
    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [AUTOIOT, "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(words, env=self.environment, cwd=REPOSITORY)
        while True:
            assert self.process.poll() is None, "the server did not start"
            try:
                httpx2.get(f"{self.address}/readyz").raise_for_status()
            except httpx2.HTTPError:
                time.sleep(0.1)
            else:
                return

    def stop(self, how: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> str:
        return subprocess.run(
            [AUTOIOT, *words], env=self.environment, cwd=REPOSITORY, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture
def server(url: URL, tmp_path: Path) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "AUTOIOT_HOME": str(tmp_path / "home"),
        "AUTOIOT_REPLAY": str(HEARTBEAT / "recording.jsonl"),
        "PYTHONPATH": str(REPOSITORY),
    }
    if url.get_backend_name() != "sqlite":
        settings["AUTOIOT_DATABASE_URL"] = url.render_as_string(hide_password=False)
    server = Server(os.environ | settings, port)
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    records = tmp_path / "records"
    subprocess.run([sys.executable, str(HEARTBEAT / "generate.py"), str(records)], check=True, capture_output=True)
    return Path(shutil.make_archive(str(tmp_path / "records"), "zip", records))


def body() -> dict[str, Any]:
    task = yaml.safe_load((HEARTBEAT / "task.yaml").read_text(encoding="utf-8"))
    named = {"dataset", "knowledge"}
    return {"task": {k: v for k, v in task.items() if k not in named} | {"iterations": 1}, "dataset": "records"}


def followed(client: httpx2.Client, job: str, after: int, *enough: str) -> int:
    """Reads events until one has the kind and status `enough`, then breaks the connection; the last number."""
    with client.stream("GET", f"/v1/jobs/{job}/events", headers={"Last-Event-ID": str(after)}, timeout=300) as stream:
        kind = data = ""
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            kind, data = value if name == "event" else kind, value if name == "data" else data
            if name == "id":
                assert int(value) == after + 1
                after = int(value)
            if name == "retry" and enough == (kind, *filter(None, [json.loads(data).get("status")])):
                return after
    raise AssertionError(f"the stream ended without {enough}")


def test_a_job_is_served_through_a_kill(server: Server, archive: Path, tmp_path: Path) -> None:
    server.start()
    key = next(word for word in server.command("keys", "create", "ann", "--role", "admin").split() if "ak_" in word)
    with httpx2.Client(base_url=server.address, headers={"Authorization": f"Bearer {key}"}) as client:
        assert httpx2.get(f"{server.address}/v1/jobs").status_code == 401
        client.put("/v1/datasets/records/archive", content=archive.read_bytes(), timeout=60).raise_for_status()
        assert client.post("/v1/datasets/records/check", timeout=60).json() == {"problems": [], "notes": []}
        job = client.post("/v1/jobs", json=body()).raise_for_status().json()["id"]
        seen = followed(client, job, 0, "note")
        server.stop(signal.SIGKILL)
        server.start()
        assert followed(client, job, seen, "status", "finished") > seen
        shown = client.get(f"/v1/jobs/{job}").json()
        assert (shown["status"], shown["attempt"]) == ("finished", 2)
        calls = client.get(f"/v1/jobs/{job}/calls").json()
        paid = [tuple(call[name] for name in ("kind", "node", "iteration", "item", "attempt")) for call in calls]
        assert len(paid) == len(set(paid))
        (tmp_path / "bundle.zip").write_bytes(client.get(f"/v1/jobs/{job}/bundle").content)
    zipfile.ZipFile(tmp_path / "bundle.zip").extractall(tmp_path / "bundle")
    program = str(tmp_path / "bundle" / "program.py")
    said = json.loads(server.command("score", program, "--dataset", str(tmp_path / "records"), "--json"))
    assert said["metrics"]["f1"] == shown["test"]["f1"] > 0.99
    server.stop(signal.SIGTERM)
