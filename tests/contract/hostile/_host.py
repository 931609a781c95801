"""The machine around a hostile program: what it may reach for, and what has to be as it was afterwards."""

import asyncio
import json
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from contract.hostile import POOLED, WITHOUT_CGROUPS, Hostile
from sandbox.base import ExecResult, Program, Sandbox
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.errors import SandboxUnavailable
from sandbox.limits import Limits
from sandbox.pool import PooledSandbox
from sandbox.registry import open_sandbox

OWNER = f"hostile-{secrets.token_hex(4)}"
"""Not another test run's that goes on beside this one: what it starts would be swept."""


def opened(backend: str) -> Sandbox:
    try:
        if backend == WITHOUT_CGROUPS:
            open_sandbox("bubblewrap", OWNER)
            return BubblewrapSandbox(owner=OWNER, with_cgroups=False)
        if backend in POOLED:
            return PooledSandbox(opened(POOLED[backend]), size=1, imported=("numpy",), least_memory_mb=0)
        sandbox = open_sandbox(backend, OWNER)
    except SandboxUnavailable as error:
        pytest.skip(f"{backend}: {error}")
    if isinstance(sandbox, BubblewrapSandbox) and not (sandbox.with_cgroups and os.access("/sys/fs/cgroup", os.W_OK)):
        pytest.skip(f"no cgroups can be made here: see {WITHOUT_CGROUPS}")
    return sandbox


NAME = 15
"""So many letters of a process's name the kernel keeps; a fork inherits it."""


def marked(source: str, marker: str) -> str:
    """The program, which first names its process: its command line is not its own."""
    return f"import ctypes; ctypes.CDLL(None).prctl(15, {marker[:NAME].encode()!r})\n{source}"


@dataclass(frozen=True)
class Host:
    """What a program may reach for, and what has to be as it was when it has ended."""

    inputs: Path
    facts: str
    marker: str

    async def run(self, sandbox: Sandbox, case: Hostile) -> ExecResult:
        arguments = ("{input}", "{output}", self.marker, self.facts)
        program = Program(marked(case.source, self.marker), self.inputs, arguments)
        if isinstance(sandbox, PooledSandbox):
            await made_ready(sandbox, program, case.limits)
        return await sandbox.run(program, case.limits)

    def state(self) -> list[tuple[str, int, float, bytes]]:
        found = sorted([self.inputs, *self.inputs.rglob("*")])
        return [
            (str(path), path.stat().st_mode, path.stat().st_mtime, b"" if path.is_dir() else path.read_bytes())
            for path in found
        ]

    def processes(self) -> list[str]:
        """Those of a program carry the marker, in their name or on their command line."""
        found: list[str] = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                named = self.marker[:NAME] == (path / "comm").read_text().strip()
                if named or self.marker.encode() in (path / "cmdline").read_bytes():
                    found.append(str(path))
            except OSError:
                continue
        return found

    def leftovers(self) -> list[str]:
        """Cgroups of ours; containers are asked for where there is an engine."""
        parents = Path("/sys/fs/cgroup").glob("*/autoiot")
        return [str(folder) for parent in parents for folder in parent.glob(f"{OWNER}@*")]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-host")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy:3128")
    inputs, marker = tmp_path / "inputs", f"m{secrets.token_hex(12)}"
    secret, other_job = tmp_path / "secret.txt", Path("/tmp") / f"other-{marker}"
    for folder in (inputs, other_job):
        folder.mkdir()
        (folder / "data.csv").write_text("1,2,3\n")
    secret.write_text("a label")
    # As open as can be: what keeps a program out has to be the sandbox, not the mode of a file.
    for path in (inputs / "data.csv", secret, other_job / "data.csv"):
        path.chmod(0o666)
    for folder in (inputs, other_job, tmp_path):
        folder.chmod(0o777)
    with socket.create_server(("127.0.0.1", 0)) as service, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{marker}")
        abstract.listen()
        files = [
            str(secret),
            str(other_job / "data.csv"),
            str(Path.cwd() / "pyproject.toml"),
            str(Path.home() / ".bashrc"),
        ]
        facts = {"port": service.getsockname()[1], "socket": marker, "files": files}
        yield Host(inputs, json.dumps(facts), marker)
    (other_job / "data.csv").unlink()
    other_job.rmdir()


async def made_ready(sandbox: PooledSandbox, program: Program, limits: Limits) -> None:
    kind = await sandbox.kind_of(program, limits)
    assert kind
    sandbox.fill(kind)
    async with asyncio.timeout(60):
        while not sandbox.waiting:
            assert sandbox.coming, "nothing got ready"
            await asyncio.sleep(0.01)


async def settled(sandbox: Sandbox, host: Host, before: object) -> None:
    """Nothing runs, nothing is left, nothing was changed."""
    assert host.processes() == []
    await sandbox.close()
    assert host.processes() == []
    assert host.leftovers() == []
    assert host.state() == before
    if sandbox.name == "docker":
        mine = {"label": f"autoiot.sandbox={OWNER}"}
        engine = sandbox.starter if isinstance(sandbox, PooledSandbox) else sandbox
        assert await asyncio.to_thread(engine.client.api.containers, all=True, filters=mine) == []  # type: ignore[attr-defined]
