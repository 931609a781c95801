"""The GPUs of this machine: which there are, whose turn it is, and how much of their memory is taken.

A device's memory cannot be limited from outside, so each serves one program of ours at a time, and what is in use
on it is then that program's and what was there before.
"""

import asyncio
import contextlib
import fcntl
import os
import tempfile
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pynvml

from sandbox.errors import GpuUnavailable
from sandbox.limits import MIB
from sandbox.stops import passed_on

SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True)
class Gpu:
    id: str
    """As the driver names it for good, e.g. `GPU-8f6d...`; its number may change when the machine starts."""
    name: str
    memory_mb: float


class Gpus(Protocol):
    def all(self) -> list[Gpu]:
        """Raises GpuUnavailable when there is none."""
        ...

    def used_mb(self, gpu: Gpu) -> float: ...


class NvidiaGpus:
    """As the driver's own library (NVML) counts them."""

    def all(self) -> list[Gpu]:
        with nvml():
            handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
            found = [
                Gpu(
                    str(pynvml.nvmlDeviceGetUUID(handle)),
                    str(pynvml.nvmlDeviceGetName(handle)),
                    float(pynvml.nvmlDeviceGetMemoryInfo(handle).total) / MIB,
                )
                for handle in handles
            ]
        if not found:
            raise GpuUnavailable("the driver knows no NVIDIA GPU here")
        return found

    def used_mb(self, gpu: Gpu) -> float:
        with nvml():
            handle = pynvml.nvmlDeviceGetHandleByUUID(gpu.id)
            return float(pynvml.nvmlDeviceGetMemoryInfo(handle).used) / MIB


@contextlib.contextmanager
def nvml() -> Generator[None]:
    try:
        pynvml.nvmlInit()
        try:
            yield
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError as error:
        raise GpuUnavailable(f"there is no NVIDIA GPU that could be used here: {error}") from error


@contextlib.asynccontextmanager
async def leased(gpus: Gpus, folder: Path | None = None) -> AsyncGenerator[Gpu]:
    """A device that no other program of ours on this machine has until the end; waits for one if need be."""
    found = await asyncio.to_thread(gpus.all)
    while True:
        for gpu in found:
            with locked((folder or Path(tempfile.gettempdir())) / f"autoiot-{gpu.id}.lock") as is_ours:
                if is_ours:
                    yield gpu
                    return
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


@contextlib.contextmanager
def locked(file: Path) -> Generator[bool]:
    # Goes with the process, however that ends. Open to all: other users of this machine take turns, too.
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise GpuUnavailable(f"{file}: whose turn it is cannot be told: {error.strerror}") from error
    try:
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


@dataclass
class MemoryWatch:
    gpus: Gpus
    gpu: Gpu
    limit_mb: float | None
    peak_mb: float = 0.0
    """Beyond what was in use before."""
    over: bool = False
    halt: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the program has to be ended, for its memory or on request."""

    @contextlib.asynccontextmanager
    async def following(self, stop: asyncio.Event | None) -> AsyncGenerator[None]:
        """Raises GpuUnavailable in the end when the driver did not go on telling: the limit was not kept then."""
        before = await asyncio.to_thread(self.gpus.used_mb, self.gpu)
        looking = asyncio.create_task(self._look(before))
        looking.add_done_callback(lambda _: self.halt.set())
        try:
            async with passed_on(stop, self.halt.set):
                yield
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking

    async def _look(self, before_mb: float) -> None:
        while True:
            used = await asyncio.to_thread(self.gpus.used_mb, self.gpu)
            self.peak_mb = max(self.peak_mb, used - before_mb)
            if self.limit_mb is not None and self.peak_mb > self.limit_mb:
                self.over = True
                self.halt.set()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
