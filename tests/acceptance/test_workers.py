"""Worker processes beside a server that runs nothing itself: asked about, stopped, killed, put to sleep and woken."""

import signal
from pathlib import Path

import pytest
from fakes.served import Server, body, followed, opened, refuse_paid_twice


@pytest.fixture
def front(server: Server) -> Server:
    server.environment["AUTOIOT_JOBS_AT_ONCE"] = "0"
    server.start()
    return server


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_job_goes_from_worker_to_worker(front: Server, archive: Path) -> None:
    with opened(front, archive) as client:
        sleeper = front.worker()
        job = client.post("/v1/jobs", json=body() | {"review": True}).raise_for_status().json()["id"]
        seen = followed(client, job, 0, "note")
        sleeper.send_signal(signal.SIGSTOP)
        killed = front.worker()
        seen = followed(client, job, seen, "status", "running")
        killed.kill()
        stopped = front.worker()
        seen = followed(client, job, seen, "status", "running")
        stopped.terminate()
        assert stopped.wait(60) == 0
        last = front.worker("--processes", "2")
        seen = followed(client, job, seen, "status", "waiting")
        sleeper.send_signal(signal.SIGCONT)
        client.post(f"/v1/jobs/{job}/review", json={"action": "stop"}).raise_for_status()
        seen = followed(client, job, seen, "status", "finished")
        # The one that slept has lost the job: it goes on as a worker, and leaves no word of it.
        sleeper.terminate()
        assert sleeper.wait(60) == 0
        assert followed(client, job, 0, "status", "finished") == seen
        shown = client.get(f"/v1/jobs/{job}").json()
        assert shown["test"]["f1"] > 0.9
        refuse_paid_twice(client.get(f"/v1/jobs/{job}/calls").json())
        last.terminate()
        assert last.wait(60) == 0
