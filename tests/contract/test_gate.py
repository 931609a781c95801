"""Docker Engine behind the gate: sandboxes run as they do without it, and nothing else gets through."""

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import APIError

from sandbox.base import Outcome, Program
from sandbox.docker import DockerSandbox
from sandbox.docker_engine import connect
from sandbox.errors import SandboxBroken, SandboxUnavailable
from sandbox.gate.knock import main as knocked
from sandbox.images import image_tag
from sandbox.limits import Limits

LIMITS = Limits(seconds=30, memory_mb=512)
OWNER = f"tests-{uuid.uuid4().hex[:8]}"
SECONDS_TO_START = 30


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "inputs"
    folder.mkdir(mode=0o755)
    (folder / "data.csv").write_text("1,2,3\n")
    return folder


def is_open(at: Path) -> bool:
    """The file is there a moment before anybody listens."""
    with socket.socket(socket.AF_UNIX) as door:
        return door.connect_ex(str(at)) == 0


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Path]:
    """The socket of one that lets programs read below `tmp_path`."""
    try:
        DockerSandbox(image=image_tag(), owner=OWNER, client=connect()).probe()
    except SandboxUnavailable as error:
        pytest.skip(f"docker: {error}")
    # The path of a socket may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="autoiot-gate-") as folder:
        at = Path(folder, "engine.sock")
        process = subprocess.Popen([sys.executable, "-m", "sandbox.gate", str(at), "--folder", str(tmp_path)])
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not is_open(at) and time.monotonic() < deadline:
                assert process.poll() is None, "the gate did not start"
                time.sleep(0.05)
            yield at
        finally:
            process.terminate()
            assert process.wait(30) == 0


@pytest.fixture
def sandbox(gate: Path) -> Iterator[DockerSandbox]:
    client = docker.DockerClient(base_url=f"unix://{gate}", timeout=20)
    opened = DockerSandbox(image=image_tag(), owner=OWNER, client=client)
    yield opened
    asyncio.run(opened.close())
    client.close()


async def test_a_program_runs_and_leaves_files(sandbox: DockerSandbox, inputs: Path) -> None:
    source = (
        "import sys\n_, _, source, _, target = sys.argv\n"
        "text = open(source + '/data.csv').read()\n"
        "open(target + '/big', 'w').write(text * 200_000)\nprint('done')"
    )
    result = await sandbox.run(Program(source, inputs), LIMITS)
    assert (result.outcome, result.stdout, len(result.files["big"])) == (Outcome.OK, "done\n", 1_200_000)
    assert sandbox.sweep() == 0


async def test_a_program_ends_when_it_is_cancelled(sandbox: DockerSandbox, inputs: Path) -> None:
    task = asyncio.create_task(sandbox.run(Program("while True: pass", inputs), LIMITS))
    await asyncio.to_thread(wait_for_a_container)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await sandbox.close()
    assert await asyncio.to_thread(containers) == []


def wait_for_a_container() -> None:
    while not containers():
        time.sleep(0.05)


def containers() -> list[dict[str, object]]:
    """Of these tests, as the engine itself tells."""
    client = connect()
    try:
        return client.api.containers(all=True, filters={"label": f"autoiot.sandbox={OWNER}"})
    finally:
        client.close()


async def test_a_folder_elsewhere_is_refused(sandbox: DockerSandbox, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    elsewhere.chmod(0o755)
    with pytest.raises(SandboxBroken, match="below no folder that may be given"):
        await sandbox.run(Program("print(1)", elsewhere), LIMITS)


def test_what_no_sandbox_needs_is_refused(sandbox: DockerSandbox) -> None:
    for ask in (sandbox.client.info, sandbox.client.images.list, sandbox.client.containers.list):
        with pytest.raises(APIError, match="refused by the gate"):
            ask()


def test_no_second_request_hides_behind_the_first(gate: Path) -> None:
    """Not even behind an attach that the engine says no to, after which it would read on."""
    hidden = b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n"
    ping = b"GET /_ping HTTP/1.1\r\nHost: x\r\n"
    two_lengths = ping + b"Content-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    attach = b"POST /containers/autoiot-1-000000000000/attach?stream=1 HTTP/1.1\r\nHost: x\r\n"
    for first in (ping + b"\r\n", two_lengths, attach + b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"):
        said = answer(gate, first + hidden)
        assert said.count(b"HTTP/1.1 ") <= 1
        assert b"ServerVersion" not in said


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00\x01\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\n\r\n",
        b"POST /containers/create?name=autoiot-1-0123456789ab HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"GET /_ping HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /containers/create?name=autoiot-1-0123456789ab HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n"
        + b"x" * 2_000_000,
    ],
)
def test_what_is_no_fair_request_gets_no_answer_of_the_engine(gate: Path, sent: bytes) -> None:
    said = answer(gate, sent)
    assert said == b"" or int(said.split()[1]) >= 400
    assert answer(gate, b"GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"OK")


def answer(gate: Path, sent: bytes) -> bytes:
    said = b""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(20)
        door.connect(str(gate))
        try:
            door.sendall(sent)
            if not sent:
                return b""
            while data := door.recv(1 << 16):
                said += data
        except (BrokenPipeError, ConnectionResetError):
            pass
    return said


def test_whether_it_answers(gate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for at, code in ((gate, 0), (tmp_path / "none.sock", 1)):
        monkeypatch.setattr(sys, "argv", ["knock", str(at)])
        assert knocked() == code
