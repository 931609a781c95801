# ruff: noqa: ASYNC110, ASYNC220 (nobody waits for this event loop)
"""What a server leaves when it is killed: nothing that runs, and nothing at all once it has started again."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from contract import hostile
from contract.hostile import _host
from contract.hostile._host import OWNER, Host, opened, settled

from sandbox.registry import BACKENDS, open_sandbox

host = _host.host

SERVER = """\
import asyncio, sys
from pathlib import Path
from contract.hostile._host import marked
from sandbox.base import Program
from sandbox.limits import Limits
from sandbox.registry import open_sandbox
backend, owner, source, inputs, marker = sys.argv[1:]
program = Program(marked(Path(source).read_text(), marker), Path(inputs), ("{input}", "{output}", marker))
asyncio.run(open_sandbox(backend, owner).run(program, Limits()))
"""


@pytest.mark.parametrize("backend", BACKENDS)
async def test_a_killed_server_leaves_nothing(backend: str, host: Host) -> None:
    opened(backend)
    # What has left its session the plain process does not catch.
    name, expected = ("outlives", 16) if backend in hostile.CONFINED else ("blocks_signals", 1)
    source = Path(hostile.__file__).parent / f"{name}.py"
    before, words = host.state(), [backend, OWNER, str(source), str(host.inputs), host.marker]
    server = subprocess.Popen([sys.executable, "-c", SERVER, *words], env=os.environ | {"PYTHONPATH": "tests"})
    async with asyncio.timeout(60):
        while len(programs(host, server.pid)) < expected:
            await asyncio.sleep(0.05)
            assert server.poll() is None
    server.send_signal(signal.SIGKILL)
    server.wait()
    # The promise is a second; a busy machine may take longer to look.
    async with asyncio.timeout(10):
        while host.processes():
            await asyncio.sleep(0.02)
    await settled(open_sandbox(backend, OWNER), host, before)


def programs(host: Host, server: int) -> list[str]:
    return [path for path in host.processes() if path != f"/proc/{server}"]
