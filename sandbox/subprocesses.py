"""Runs the wrapper as a child process of ours: what bubblewrap and the plain process share."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncGenerator

from sandbox.base import ExecResult, Program
from sandbox.cgroups import Cgroup
from sandbox.errors import SandboxBroken
from sandbox.frames import Frames
from sandbox.limits import Limits
from sandbox.protocol import CANCEL, GRACE_SECONDS, Place, encode_job, new_nonce


async def run_wrapper(
    command: list[str],
    program: Program,
    limits: Limits,
    place: Place,
    stop: asyncio.Event | None = None,
    cgroup: Cgroup | None = None,
) -> ExecResult:
    """Raises SandboxBroken when the wrapper ended without a report."""
    began, nonce = time.monotonic(), new_nonce()
    frames, late = Frames(limits, nonce, init_pid=1 if place.is_init else None), False
    process = await start(command)
    assert process.stdin and process.stdout and process.stderr
    complaints = asyncio.create_task(read_tail(process.stderr))
    try:
        async with asyncio.timeout(limits.seconds + GRACE_SECONDS), watching(stop, process.stdin):
            with contextlib.suppress(ConnectionError):
                process.stdin.write(encode_job(program, limits, place, nonce))
                await process.stdin.drain()
            while data := await process.stdout.read(1 << 16):
                frames.feed(data)
            await process.wait()
    except TimeoutError as error:
        late = True
        if frames.hello is None:
            raise SandboxBroken("the sandbox did not end in time") from error
    finally:
        await end(process)
        said = await complaints
    if frames.report is not None:
        return frames.result(place, program)
    out_of_memory = cgroup is not None and cgroup.oom_kills() > 0
    if late or out_of_memory:
        return frames.without_report(place, out_of_memory=out_of_memory, seconds=time.monotonic() - began)
    last = said.decode("utf-8", "replace").strip().splitlines()
    raise SandboxBroken(f"the sandbox stopped without a result: {last[-1] if last else 'no message'}")


@contextlib.asynccontextmanager
async def watching(stop: asyncio.Event | None, lease: asyncio.StreamWriter) -> AsyncGenerator[None]:
    """While this lasts, setting `stop` asks the wrapper to end the program."""

    async def pass_on(event: asyncio.Event) -> None:
        await event.wait()
        lease.write(CANCEL)

    # Started before the job is written, but it gets its first turn after that.
    task = asyncio.create_task(pass_on(stop)) if stop else None
    try:
        yield
    finally:
        if task:
            task.cancel()


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
