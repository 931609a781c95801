# ruff: noqa: ASYNC110, ASYNC220, ASYNC240 (nobody waits for this event loop)
"""One program a device at a time, whatever asks for it; and what it takes of the device's memory."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.base import Program
from sandbox.errors import GpuUnavailable, SandboxUnavailable
from sandbox.gpus import Gpu, MemoryWatch, NvidiaGpus, leased
from sandbox.limits import Limits
from sandbox.process import ProcessSandbox
from sandbox.registry import Options, open_sandbox

FIRST, SECOND = Gpu("GPU-1", "one", 1000.0), Gpu("GPU-2", "two", 1000.0)


class FakeGpus:
    def __init__(self, *found: Gpu, used: tuple[float, ...] = (0.0,)) -> None:
        self.found, self.used = list(found), list(used)

    def all(self) -> list[Gpu]:
        return self.found

    def used_mb(self, gpu: Gpu) -> float:
        return self.used.pop(0) if len(self.used) > 1 else self.used[0]


async def test_each_program_has_a_device_for_itself(tmp_path: Path) -> None:
    gpus = FakeGpus(FIRST, SECOND)
    async with leased(gpus, tmp_path) as one, leased(gpus, tmp_path) as two:
        assert [one, two] == [FIRST, SECOND]
        third = asyncio.create_task(hold(gpus, tmp_path))
        await asyncio.sleep(0.3)
        assert not third.done()
    assert await third == FIRST


async def hold(gpus: FakeGpus, folder: Path) -> Gpu:
    async with leased(gpus, folder) as gpu:
        return gpu


async def test_another_process_holds_it_until_it_ends(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from sandbox.gpus import locked\n"
        "with locked(Path(sys.argv[1])) as ours: print(ours, flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", script, str(tmp_path / "autoiot-GPU-1.lock")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        waits = asyncio.create_task(hold(FakeGpus(FIRST), tmp_path))
        await asyncio.sleep(0.3)
        assert not waits.done()
        other.kill()
    assert await waits == FIRST


async def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "autoiot-GPU-1.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GpuUnavailable, match="whose turn it is cannot be told"):
        await hold(FakeGpus(FIRST), tmp_path)
    assert not os.path.lexists(tmp_path / "elsewhere")


@pytest.mark.parametrize(("limit", "over"), [(None, False), (500.0, False), (399.0, True)])
async def test_what_was_there_before_is_not_the_programs(limit: float | None, over: bool) -> None:
    watch = MemoryWatch(FakeGpus(FIRST, used=(100.0, 300.0, 500.0, 200.0)), FIRST, limit)
    async with watch.following(None):
        while watch.peak_mb < 400:
            await asyncio.sleep(0.01)
        assert (watch.peak_mb, watch.over, watch.halt.is_set()) == (400.0, over, over)


async def test_a_request_to_stop_halts_it() -> None:
    stop, watch = asyncio.Event(), MemoryWatch(FakeGpus(FIRST), FIRST, None)
    async with watch.following(stop):
        stop.set()
        await asyncio.wait_for(watch.halt.wait(), 5)
    assert not watch.over


async def test_a_driver_that_stops_telling_ends_the_program_and_is_told_of() -> None:
    class Blind(FakeGpus):
        def used_mb(self, gpu: Gpu) -> float:
            if not self.used:
                raise GpuUnavailable("the driver was unloaded")
            return self.used.pop()

    watch = MemoryWatch(Blind(FIRST, used=(100.0,)), FIRST, 500.0)
    with pytest.raises(GpuUnavailable, match="unloaded"):
        async with watch.following(None):
            await asyncio.wait_for(watch.halt.wait(), 5)


def test_a_machine_without_a_device_says_so() -> None:
    try:
        found = NvidiaGpus().all()
    except GpuUnavailable as error:
        assert str(error).startswith("there is no NVIDIA GPU that could be used here: ")
    else:
        assert all(gpu.id.startswith("GPU-") and gpu.memory_mb > 0 for gpu in found)


@pytest.mark.parametrize("name", ["bubblewrap", "process"])
def test_only_docker_gives_devices(name: str) -> None:
    with pytest.raises(SandboxUnavailable, match="by Docker Engine only: choose the sandbox docker"):
        open_sandbox(name, "tests", Options(gpu=True))


async def test_the_plain_process_has_none_to_give(tmp_path: Path) -> None:
    with pytest.raises(GpuUnavailable):
        await ProcessSandbox().run(Program("", tmp_path), Limits(gpu=True))
