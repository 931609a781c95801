"""The server as a process: a job that outlives a kill -9, and what is refused before it is sent."""

import signal
import socket
from pathlib import Path

import httpx2
import pytest
from fakes.served import Server, body, followed, opened, refuse_paid_twice


def test_a_job_is_served_through_a_kill(server: Server, archive: Path) -> None:
    server.start()
    with opened(server, archive) as client:
        assert httpx2.get(f"{server.address}/v1/jobs").status_code == 401
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
    server.stop(signal.SIGTERM)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_ten_gigabytes_are_refused_before_they_are_sent(server: Server) -> None:
    server.start()
    made = httpx2.post(f"{server.address}/v1/keys", json={"name": "ann", "role": "admin"}).raise_for_status().json()
    assert announced(server, "ak_of_nobody", 10 * 2**30).startswith("HTTP/1.1 401 ")
    assert announced(server, made["secret"], 10 * 2**30).startswith("HTTP/1.1 413 ")
    # A server that wants the body says so, to whoever waits for it.
    assert announced(server, made["secret"], 1000).startswith("HTTP/1.1 100 ")


def announced(server: Server, key: str, size: int) -> str:
    """The first line of the answer to an upload of which only the headers are sent."""
    lines = (
        "PUT /v1/datasets/large/archive HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Authorization: Bearer {key}",
        f"Content-Length: {size}",
        "Expect: 100-continue",
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line, line.makefile("rb") as answer:
        line.sendall("\r\n".join((*lines, "", "")).encode())
        return answer.readline().decode()
