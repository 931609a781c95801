import logging
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from docker.errors import APIError, NotFound

from sandbox import containers
from sandbox.base import Program
from sandbox.containers import DEADLINE, SERVER, Containers, is_stale, labels
from sandbox.docker import DockerSandbox
from sandbox.errors import SandboxBroken, SandboxStuck, SandboxUnavailable
from sandbox.limits import Limits
from sandbox.server import is_dead, started, this_server
from sandbox.slots import Slots

HOST, SPACE, PID, BEGAN = this_server().rsplit(":", 3)
DEAD = f"{HOST}:{SPACE}:{PID}:1"


class Engine:
    """Answers with what it is told to, one after the other, the last one for ever."""

    def __init__(self, *answers: Exception | None, found: list[dict[str, Any]] | None = None) -> None:
        self.api, self.answers, self.found = self, list(answers), found or []
        self.asked: list[str] = []

    def attach_socket(self, name: str, params: dict[str, int]) -> None:
        raise APIError("no such thing here")

    def remove_container(self, name: str, *, force: bool, v: bool) -> None:
        assert force
        assert v
        self.asked.append(name)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer:
            raise answer

    def containers(self, *, all: bool, filters: dict[str, list[str]]) -> list[dict[str, Any]]:
        assert all
        assert filters == {"label": ["autoiot.sandbox=me", SERVER]}
        if self.answers and self.answers[0]:
            raise self.answers[0]
        return self.found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "SECONDS_TO_REMOVE", 0.0)


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    "answers",
    [(None,), (NotFound("gone"),), (APIError("removal is in progress"), NotFound("gone")), (requests.Timeout(), None)],
)
def test_a_container_goes_away(answers: tuple[Exception | None, ...]) -> None:
    engine = Engine(*answers)
    Containers(engine, "me").remove("box")
    assert engine.asked == ["box"] * len(answers)


@pytest.mark.usefixtures("impatient")
def test_a_container_that_stays_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    stuck = Containers(Engine(APIError("500:\ndevice or resource busy")), "me")
    with pytest.raises(SandboxStuck, match=r"container box cannot be removed: .*busy.* Run: docker rm --force box$"):
        stuck.remove("box")
    with caplog.at_level(logging.ERROR):
        assert not stuck.remove_or_report("box")
    assert "box cannot be removed" in caplog.text


@pytest.mark.usefixtures("impatient")
async def test_the_slot_of_a_container_that_stays_is_kept_closed(
    open_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Engine(APIError("device or resource busy"))
    client = SimpleNamespace(api=engine, containers=SimpleNamespace(create=lambda **_: None))
    sandbox = DockerSandbox("image", "me", client=client, slots=Slots(1))
    sandbox.containers.swept = time.monotonic()
    with pytest.raises(SandboxBroken, match="no such thing here"), caplog.at_level(logging.ERROR):
        await sandbox.run(Program("", open_folder), Limits())
    await sandbox.close()
    assert "Run: docker rm --force autoiot-" in caplog.text
    # Its slot was the only one.
    with pytest.raises(SandboxStuck, match="no program can be run: remove with `docker rm -f`: autoiot-"):
        await sandbox.run(Program("", open_folder), Limits())
    engine.answers = [None]
    assert sandbox.sweep() == 0
    with pytest.raises(SandboxBroken):
        await sandbox.run(Program("", open_folder), Limits())
    await sandbox.close()
    assert sandbox.slots.free == 1


@pytest.mark.parametrize(
    ("marks", "stale"),
    [
        ({SERVER: this_server(), DEADLINE: "1000"}, False),
        ({SERVER: this_server(), DEADLINE: "999"}, True),
        ({SERVER: DEAD, DEADLINE: "1000"}, True),
        ({SERVER: f"elsewhere:{SPACE}:{PID}:1", DEADLINE: "1000"}, False),
        ({SERVER: f"elsewhere:{SPACE}:{PID}:1", DEADLINE: "999"}, True),
        ({SERVER: "", DEADLINE: ""}, False),
    ],
)
def test_what_is_left_over(marks: dict[str, str], stale: bool) -> None:
    assert is_stale(marks, 1000) is stale


def test_what_is_left_over_is_swept() -> None:
    kept, left = labels("me", Limits()), labels("me", Limits()) | {SERVER: DEAD}
    engine = Engine(None, found=[{"Id": "a", "Labels": kept}, {"Id": "b", "Labels": left}])
    assert Containers(engine, "me").sweep() == 1
    assert engine.asked == ["b"]


def test_runs_sweep_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(None, found=[{"Id": "b", "Labels": {SERVER: DEAD}}])
    mine = Containers(engine, "me")
    for now in (100.0, 130.0, 161.0):
        monkeypatch.setattr(containers.time, "monotonic", lambda now=now: now)
        if mine.is_sweep_due():
            mine.sweep()
    assert engine.asked == ["b", "b"]


def test_an_engine_that_does_not_answer() -> None:
    with pytest.raises(SandboxUnavailable, match="does not answer"):
        Containers(Engine(requests.ConnectionError()), "me").sweep()


@pytest.mark.parametrize(
    ("server", "dead"),
    [
        (this_server(), False),
        (DEAD, True),
        (f"{HOST}:{SPACE}:4194305:{BEGAN}", True),
        # Neither tells anything about a process here.
        (f"{HOST}:1:{PID}:1", False),
        (f"elsewhere:{SPACE}:{PID}:1", False),
        ("", False),
        ("tests", False),
    ],
)
def test_a_server_is_known_by_more_than_its_number(server: str, dead: bool) -> None:
    assert is_dead(server) is dead


def test_when_a_process_began() -> None:
    assert started(int(PID)) == BEGAN
    assert started(4194305) is None
