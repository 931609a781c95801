"""The command line against a server: a job is sent, followed through a broken connection, answered and fetched."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.places import HEARTBEAT
from fakes.served import AUTOIOT, Server
from fakes.terminal import typed
from fakes.tiny import write_job

MOST_BYTES = 3000
"""Of the first connection, before it breaks."""
UPLOAD_MAX_MB = 16
CTRL_C = "\x03"


class Line:
    """Between a client and a server: breaks the first stream of events in the midst of it."""

    def __init__(self, port: int) -> None:
        self.server_port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.broken = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server_port))
            threading.Thread(target=self._there, args=(client, server), daemon=True).start()

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        left: list[int] = []
        answers = threading.Thread(target=self._back, args=(client, server, left), daemon=True)
        answers.start()
        with client, server:
            while chunk := received(client):
                if b"/events " in chunk and not self.broken:
                    self.broken = True
                    left.append(MOST_BYTES)
                server.sendall(chunk)
            end(server)
            answers.join()

    def _back(self, client: socket.socket, server: socket.socket, left: list[int]) -> None:
        while chunk := received(server):
            if left:
                left[0] -= len(chunk)
            if left and left[0] <= 0:
                # With what is left of a number below zero the last chunk is cut in the midst of it.
                client.sendall(chunk[: left[0] - 1])
                break
            client.sendall(chunk)
        end(client)

    def close(self) -> None:
        self.listener.close()


def received(one: socket.socket) -> bytes:
    try:
        return one.recv(65_536)
    except OSError:
        return b""


def end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    server.environment["AUTOIOT_UPLOAD_MAX_MB"] = str(UPLOAD_MAX_MB)
    server.start()
    line = Line(server.port)
    yield line
    line.close()


def test_a_job_by_command_line(server: Server, line: Line, archive: Path, tmp_path: Path) -> None:
    key = next(word for word in server.command("keys", "create", "ann").split() if "ak_" in word)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUTOIOT_")}
    environment |= {"AUTOIOT_SERVER": line.address, "AUTOIOT_KEY": key}

    how: dict[str, Any] = {"env": environment, "cwd": tmp_path, "stdin": subprocess.DEVNULL, "text": True}

    def autoiot(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        said = subprocess.run([AUTOIOT, *words], capture_output=True, check=False, **how)
        assert said.returncode == code, said
        assert key not in said.stdout + said.stderr
        return said

    task = str(HEARTBEAT / "task.yaml")
    words = ("submit", task, "--dataset", "records", "--without-knowledge", "--iterations", "1", "--review")
    job = autoiot(*words).stdout.strip()
    assert "dataset records already" in autoiot(*words, code=2).stderr
    watching = subprocess.Popen([AUTOIOT, "watch", job], stdout=subprocess.PIPE, **how)
    seen: list[str] = []
    assert watching.stdout
    with watching.stdout as output:
        for printed in output:
            seen.append(printed)
            if "it waits for your word" in printed:
                assert "waits after iteration 0" in autoiot("review", job).stdout
                assert "leave --go" in autoiot("review", job, "--stop", "--target", "0.9", code=2).stderr
                assert "version 9 is none that ran" in autoiot("review", job, "--version", "9", code=2).stderr
                assert job in autoiot("list", "--status", "waiting").stdout
                autoiot("fetch", job, code=2)
                left = subprocess.Popen([AUTOIOT, "watch", job], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
                assert left.stdout
                assert any("it waits for your word" in printed for printed in left.stdout)
                left.send_signal(signal.SIGINT)
                assert f"the job goes on; `autoiot watch {job}` follows it" in left.communicate()[1]
                assert left.returncode == 130
                watch = [AUTOIOT, "watch", job]
                code, shown = typed(watch, "What next?", CTRL_C, env=environment, cwd=tmp_path)
                assert code == 130 and f"\r\nautoiot: the job waits for your word: `autoiot review {job}` " in shown
                code, shown = typed(watch, "What next?", "stop\r", env=environment, cwd=tmp_path)
                assert code == 0 and "measured once on test" in shown
    assert watching.wait() == 0, seen
    told = "".join(seen)
    assert line.broken and "the connection is lost" in told and "measured once on test" in told
    assert told.count(" outline ") == 1
    shown = json.loads(autoiot("show", job, "--json").stdout)
    assert shown["status"] == "finished" and len(shown["versions"]) == 1
    autoiot("fetch", job)
    assert json.loads((tmp_path / job / "result.json").read_text())["run"] == job
    assert "--replace" in autoiot("fetch", job, code=2).stderr
    autoiot("fetch", job, "--replace")
    assert "cannot be cancelled" in autoiot("cancel", job, code=2).stderr
    refuse_bad_data(autoiot, tmp_path)


def refuse_bad_data(autoiot: Callable[..., "subprocess.CompletedProcess[str]"], folder: Path) -> None:
    task = write_job(folder / "tiny")
    damaged = folder / "tiny" / "data" / "b2.csv"
    good = damaged.read_bytes()
    damaged.write_bytes(os.urandom((UPLOAD_MAX_MB + 8) << 20))
    assert f"larger than {UPLOAD_MAX_MB} MB" in autoiot("submit", str(task), code=2).stderr
    damaged.write_text("level,sort\n1,low\n", encoding="utf-8")
    said, checked = (autoiot(*words, code=2) for words in (("submit", str(task)), ("dataset", "check", "tiny/data")))
    assert checked.stdout.startswith("problem: ") and checked.stdout in said.stderr
    damaged.write_bytes(good)
    # Nothing is in the way of the same command. The recording is of another task, where such a job stops.
    stopped = autoiot("submit", str(task), "--watch", code=2)
    job = stopped.stdout.split()[0]
    assert f"{job} stopped: the recording has no " in stopped.stderr and f"`autoiot resume {job}`" in stopped.stderr
    autoiot("resume", job)
    assert f"{job} stopped: " in autoiot("watch", job, code=2).stderr
