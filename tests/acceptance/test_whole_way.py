"""A job over HTTP, from the key to the same number again, on recordings of people where there are some."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from fakes.places import HEARTBEAT, MITDB
from fakes.served import Server, body, events, followed, opened
from sqlalchemy import URL

WORD = "Look at the second lead as well."


@pytest.fixture(params=["mitdb" if MITDB.is_dir() else "synthetic"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "synthetic":
        return request.getfixturevalue("records")
    folder = tmp_path / "records"
    folder.mkdir()
    # Half of them, which takes half the time.
    for file in MITDB.glob("10*"):
        shutil.copyfile(file, folder / file.name)
    shutil.copyfile(HEARTBEAT / "mitdb.dataset.yaml", folder / "dataset.yaml")
    return folder


@pytest.fixture
def team(server: Server, url: URL) -> Server:
    """With SQLite it runs its jobs itself; with Postgres it runs none, and two workers do."""
    workers = 2 if url.get_backend_name() == "postgresql" else 0
    if workers:
        server.environment["AUTOIOT_JOBS_AT_ONCE"] = "0"
    server.start()
    for _ in range(workers):
        server.worker()
    return server


def test_the_whole_way(team: Server, records: Path, archive: Path, tmp_path: Path) -> None:
    with opened(team, archive) as client:
        assert client.post("/v1/datasets/records/check").json()["problems"] == []
        job = client.post("/v1/jobs", json=body() | {"review": True}).raise_for_status().json()["id"]
        # Here the connection breaks, in the midst of the work.
        seen = followed(client, job, 0, "note")
        said = ()
        for event in events(client, job, seen):
            said = event.says
            if said == ("status", "waiting"):
                question = client.get(f"/v1/jobs/{job}/review").json()
                assert (question["iteration"], question["best"]["version"]) == (0, 1)
                answer = {"action": "go", "instruction": WORD, "iteration": 0}
                client.post(f"/v1/jobs/{job}/review", json=answer).raise_for_status()
        assert said == ("status", "finished")
        shown = client.get(f"/v1/jobs/{job}").json()
        calls = client.get(f"/v1/jobs/{job}/calls").json()
        assert [call["node"] for call in calls if WORD in str(call["request"])] == ["improve"]
        bundle = zipfile.ZipFile(io.BytesIO(client.get(f"/v1/jobs/{job}/bundle").content))
    bundle.extractall(tmp_path / "bundle")
    result = json.loads((tmp_path / "bundle" / "result.json").read_text())
    assert (result["run"], result["best"]["test"]) == (job, shown["test"])
    program = str(tmp_path / "bundle" / "program.py")
    rescored = json.loads(team.command("score", program, "--dataset", str(records), "--split", "test", "--json"))
    assert rescored["metrics"] == shown["test"]
    assert shown["test"]["f1"] > 0.9
