"""The wrapper as a child process of ours: what bubblewrap and the plain process share."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.base import ExecResult, Program
from sandbox.cgroups import Cgroup
from sandbox.errors import SandboxBroken
from sandbox.frames import Frames
from sandbox.limits import Limits
from sandbox.protocol import CANCEL, GRACE_SECONDS, Place, encode_job, encode_place, new_nonce
from sandbox.stops import passed_on


@dataclass(frozen=True)
class WrapperProcess:
    """A wrapper that waits for its program."""

    process: asyncio.subprocess.Process
    complaints: asyncio.Task[bytes]
    frames: Frames
    place: Place
    limits: Limits
    clean: Callable[[], Awaitable[None]]
    """Removes what was made for it, once it has ended."""
    cgroup: Cgroup | None = None

    @property
    def memory_mb(self) -> float:
        return self.frames.waits["memory_mb"] if self.frames.waits else 0.0

    def is_alive(self) -> bool:
        return self.process.returncode is None

    async def ready(self) -> None:
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                while self.frames.waits is None and await self._read():
                    pass
        except TimeoutError as error:
            raise SandboxBroken("the sandbox did not get ready in time") from error
        if self.frames.waits is None:
            raise SandboxBroken("the sandbox ended before it was ready")

    async def run(self, program: Program, stop: asyncio.Event | None = None) -> ExecResult:
        """Raises SandboxBroken when the wrapper ended without a report."""
        lease, began, late = self.process.stdin, time.monotonic(), False
        assert lease
        try:
            longest = self.limits.seconds + GRACE_SECONDS
            async with asyncio.timeout(longest), passed_on(stop, lambda: lease.write(CANCEL)):
                # Before a stop, which gets its first turn after this.
                with contextlib.suppress(ConnectionError):
                    lease.write(encode_job(program, self.place, self.frames.nonce))
                    await lease.drain()
                while await self._read():
                    pass
                await self.process.wait()
        except TimeoutError as error:
            late = True
            if self.frames.hello is None:
                raise SandboxBroken("the sandbox did not end in time") from error
        finally:
            await end(self.process)
            said = await self.complaints
        if self.frames.report is not None:
            return self.frames.result(self.place, program)
        out_of_memory = self.cgroup is not None and self.cgroup.oom_kills() > 0
        if late or out_of_memory:
            seconds = time.monotonic() - began
            return self.frames.without_report(self.place, out_of_memory=out_of_memory, seconds=seconds)
        last = said.decode("utf-8", "replace").strip().splitlines()
        raise SandboxBroken(f"the sandbox stopped without a result: {last[-1] if last else 'no message'}")

    async def _read(self) -> bool:
        """Whether more may come."""
        assert self.process.stdout
        data = await self.process.stdout.read(1 << 16)
        self.frames.feed(data)
        return bool(data)

    async def end(self) -> None:
        await end(self.process)
        await self.complaints
        await self.clean()


async def nothing() -> None:
    pass


async def start_wrapper(
    command: list[str],
    place: Place,
    limits: Limits,
    *,
    imported: tuple[str, ...] = (),
    cgroup: Cgroup | None = None,
    clean: Callable[[], Awaitable[None]] = nothing,
) -> WrapperProcess:
    """Raises SandboxBroken when it cannot be started; then `clean` is done."""
    try:
        process = await start(command)
    except BaseException:
        await clean()
        raise
    assert process.stdin and process.stderr
    frames = Frames(limits, new_nonce(), init_pid=1 if place.is_init else None)
    complaints = asyncio.create_task(read_tail(process.stderr))
    process.stdin.write(encode_place(place, limits, imported))
    return WrapperProcess(process, complaints, frames, place, limits, clean, cgroup)


async def start(command: list[str]) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxBroken(f"the sandbox could not be started: {error}") from error


async def read_tail(stream: asyncio.StreamReader) -> bytes:
    """The end of all that comes: a traceback says last what happened, and arrives in pieces."""
    tail = b""
    while data := await stream.read(4096):
        tail = (tail + data)[-4096:]
    return tail


async def end(process: asyncio.subprocess.Process) -> None:
    if process.stdin:
        process.stdin.close()
    if process.returncode is None:
        # Closing stdin ends the lease: a moment for the wrapper to kill what it started.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await process.wait()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
