"""A job that is cancelled while its sandbox is being opened leaves none open."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.jobs import make_request, opened_jobs
from fakes.source import ScriptedSource, make_dataset, make_script
from sqlalchemy import URL

from app.jobs.request import RunRequest
from app.jobs.service import Jobs
from sandbox.base import Sandbox
from sandbox.process import ProcessSandbox


class Opening:
    """Is reached by a thread, goes on when it is let, and then may fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.reached, self.let, self.error = threading.Event(), threading.Event(), error
        self.closed = False

    def __call__(self, _: RunRequest) -> Sandbox:
        self.reached.set()
        self.let.wait()
        if self.error:
            raise self.error
        return Closing(self)


class Closing(ProcessSandbox):
    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._opening = opening

    async def close(self) -> None:
        await super().close()
        self._opening.closed = True


async def break_off(jobs: Jobs, folder: Path, opening: Opening) -> None:
    await jobs.runs.add("one", make_request(folder))
    running = asyncio.create_task(replace(jobs, open_sandbox=opening).run("one", lambda _: None))
    await asyncio.to_thread(opening.reached.wait)
    running.cancel()
    await asyncio.sleep(0)
    opening.let.set()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("error", [None, OSError("no engine")])
async def test_what_is_opened_too_late_is_closed(url: URL, tmp_path: Path, error: Exception | None) -> None:
    make_dataset(tmp_path / "data")
    source, opening = ScriptedSource(make_script(), tmp_path / "calls"), Opening(error)
    async with opened_jobs(tmp_path, source, ProcessSandbox(), url) as jobs:
        await break_off(jobs, tmp_path, opening)
        assert opening.closed is (error is None)
        assert (await jobs.runs.get("one")).status == "stopped"
