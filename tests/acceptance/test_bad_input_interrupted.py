"""A run that is stopped from outside: by a person, by another process, by a full disk. It can always go on."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.answers import SLEEPING_MAIN, STEPS
from fakes.command import Job, Said, begin, finish, start
from fakes.server import HANGS, ModelServer, model_server


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def job(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Job:
    job = begin(tmp_path, monkeypatch, capsys)
    job.ask(server)
    return job


def wait_for(happened: Callable[[], bool]) -> None:
    """A process of its own cannot tell us; the time is only there so that a broken test ends."""
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def interrupt(process: subprocess.Popen[str]) -> Said:
    process.send_signal(signal.SIGINT)
    return finish(process)


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_ctrl_c_while_the_model_thinks(job: Job, server: ModelServer) -> None:
    server.script["outline"] = [HANGS]
    process = start("run", job.task)
    wait_for(server.hanging.is_set)
    stopped = interrupt(process)
    assert stopped.code == 130
    assert stopped.line == f"stopped; `autoiot resume {stopped.run}` goes on from here"
    assert job("resume", stopped.run).code == 0
    assert server.asked == ["terms", "outline", *STEPS[1:]]


def test_ctrl_c_while_a_program_runs(job: Job, server: ModelServer) -> None:
    places = job.folder / "tmp"
    places.mkdir()
    job.monkeypatch.setenv("TMPDIR", str(places))
    job.monkeypatch.setattr(tempfile, "tempdir", str(places))
    server.answers["integrate"] = SLEEPING_MAIN
    process, mark = start("run", job.task), places / "slept"
    wait_for(lambda: mark.exists() and mark.read_text() != "")
    assert alive(int(mark.read_text()))
    stopped = interrupt(process)
    assert (stopped.code, stopped.line) == (130, f"stopped; `autoiot resume {stopped.run}` goes on from here")
    wait_for(lambda: not alive(int(mark.read_text())))
    assert sorted(places.iterdir()) == [mark]
    ended = job("resume", stopped.run)
    assert (ended.code, ended.err) == (0, "")
    assert server.asked == list(STEPS)


def test_two_processes_do_not_run_the_same(job: Job, server: ModelServer) -> None:
    server.script["outline"] = [HANGS]
    process = start("run", job.task)
    wait_for(server.hanging.is_set)
    (run,) = [folder.name for folder in (job.home / "runs").iterdir()]
    assert job("resume", run).complaint == f"{run} is being run by another process"
    assert interrupt(process).run == run
    assert job("resume", run).code == 0


def test_a_finished_run_only_writes_its_result_again(job: Job, server: ModelServer) -> None:
    run = job.run("--out", "out").run
    program = (job.folder / "out/program.py").read_text()
    (job.folder / "out/program.py").unlink()
    paid = len(server.asked)
    assert job("resume", run).code == 0
    assert (job.folder / "out/program.py").read_text() == program
    assert len(server.asked) == paid


def test_a_folder_for_the_result_that_was_filled_meanwhile(job: Job, server: ModelServer) -> None:
    def fill(step: str) -> None:
        if step == "document":
            (job.folder / "out").mkdir()
            (job.folder / "out/mine").write_text("mine")

    server.before = fill
    stopped = job.run("--out", "out")
    assert "holds other things" in stopped.complaint and f"`autoiot resume {stopped.run}`" in stopped.complaint
    (job.folder / "out/mine").unlink()
    assert job("resume", stopped.run).code == 0
    assert server.asked == list(STEPS)


def test_a_full_disk(job: Job, server: ModelServer) -> None:
    job.home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "autoiot-test", str(job.home)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        server.before = lambda step: fill(job.home) if step == "design" else None
        stopped = job.run()
        assert stopped.complaint == f"the disk is full: make room; `autoiot resume {stopped.run}` goes on " + (
            "where the run stopped"
        )
        server.before = lambda _: None
        subprocess.run(["mount", "-o", "remount,size=64m", str(job.home)], check=True)
        ended = job("resume", stopped.run)
        assert (ended.code, ended.err) == (0, "")
        assert {step: server.asked.count(step) for step in STEPS} == dict.fromkeys(STEPS, 1) | {"design": 2}
    finally:
        subprocess.run(["umount", "-l", str(job.home)], check=True)


def fill(folder: Path) -> None:
    """Takes all the room that is left, to the last byte."""
    handle = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while os.write(handle, b"x" * 4096):
            pass
    os.close(handle)
