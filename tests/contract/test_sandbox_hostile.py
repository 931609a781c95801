"""One conformance suite, run on every backend: for each program the outcome, and the host as it was before."""

import asyncio
import json
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from contract import hostile
from contract.hostile import Hostile

from sandbox.base import ExecResult, Program, Sandbox
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.errors import SandboxUnavailable
from sandbox.registry import open_sandbox

OWNER = f"hostile-{secrets.token_hex(4)}"
CASES = [
    pytest.param(backend, case, id=f"{case.name}-{backend}")
    for case in [*hostile.TABLE, hostile.FLOOD]
    for backend in sorted(case.on)
]
CONFINED = pytest.mark.parametrize("backend", sorted(hostile.CONFINED))


def opened(backend: str) -> Sandbox:
    try:
        if backend == hostile.WITHOUT_CGROUPS:
            open_sandbox("bubblewrap", OWNER)
            return BubblewrapSandbox(owner=OWNER, with_cgroups=False)
        return open_sandbox(backend, OWNER)
    except SandboxUnavailable as error:
        pytest.skip(f"{backend}: {error}")


@dataclass(frozen=True)
class Host:
    """What a program may reach for, and what has to be as it was when it has ended."""

    inputs: Path
    facts: str
    marker: str

    async def run(self, sandbox: Sandbox, case: Hostile) -> ExecResult:
        arguments = ("{input}", "{output}", self.marker, self.facts)
        return await sandbox.run(Program(case.source, self.inputs, arguments), case.limits)

    def state(self) -> list[tuple[str, int, float, bytes]]:
        found = sorted([self.inputs, *self.inputs.rglob("*")])
        return [
            (str(path), path.stat().st_mode, path.stat().st_mtime, b"" if path.is_dir() else path.read_bytes())
            for path in found
        ]

    def processes(self) -> list[str]:
        """Those of a program carry the marker, whatever they have become."""
        found: list[str] = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if self.marker.encode() in path.read_bytes():
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


async def settled(sandbox: Sandbox, host: Host, before: object) -> None:
    """Nothing runs, nothing is left, nothing was changed."""
    assert host.processes() == []
    assert host.leftovers() == []
    assert host.state() == before
    if sandbox.name == "docker":
        mine = {"label": f"autoiot.sandbox={OWNER}"}
        assert await asyncio.to_thread(sandbox.client.api.containers, all=True, filters=mine) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(("backend", "case"), CASES)
async def test_the_sandbox_holds(backend: str, case: Hostile, host: Host) -> None:
    sandbox, before = opened(backend), host.state()
    result = await host.run(sandbox, case)
    assert case.complaints(result, backend) == []
    await settled(sandbox, host, before)


@CONFINED
async def test_a_forged_report_is_only_text(backend: str, host: Host) -> None:
    result = await host.run(opened(backend), hostile.FORGED)
    assert (result.outcome, result.exit_code) == ("nonzero_exit", 7)
    assert result.files == {}
    assert "forged" in result.stdout
    assert "forged" in result.stderr


@CONFINED
async def test_what_a_program_drops_is_not_imported_by_the_next(backend: str, host: Host) -> None:
    sandbox = opened(backend)
    first, second = [await host.run(sandbox, case) for case in (hostile.DROPS, hostile.IMPORTS)]
    assert (first.outcome, first.stdout) == ("ok", "dropped\n")
    assert (second.outcome, second.stdout) == ("ok", "json shutil struct numpy\n")


@pytest.mark.parametrize("backend", sorted(hostile.WITH_CGROUPS))
async def test_the_result_says_what_was_in_force(backend: str, host: Host) -> None:
    if backend == "bubblewrap" and not os.access("/sys/fs/cgroup", os.W_OK):
        pytest.skip("no cgroups can be made here")
    isolation = (await host.run(opened(backend), hostile.IMPORTS)).isolation
    assert isolation == {"docker": "docker", "bubblewrap": "bubblewrap-cgroup"}[backend]


async def test_sixty_four_at_eight_a_time_end_as_each_does_alone(host: Host) -> None:
    names = ("network", "thread_bomb", "disk_flood", "kills_wrapper", "crash", "claims_success", "daemons", "inspects")
    cases = [case for case in hostile.TABLE if case.name in names]
    before, doors = host.state(), asyncio.Semaphore(8)
    sandboxes = {backend: opened(backend) for backend in sorted(hostile.WITH_CGROUPS)}

    async def one(number: int) -> list[str]:
        case, backend = cases[number % 8], ("bubblewrap", "docker")[number // 8 % 2]
        async with doors:
            return case.complaints(await host.run(sandboxes[backend], case), backend)

    assert len(cases) == 8
    assert await asyncio.gather(*(one(number) for number in range(64))) == [[]] * 64
    for sandbox in sandboxes.values():
        await settled(sandbox, host, before)


def test_every_program_is_in_the_table() -> None:
    named = {case.name for case in (*hostile.TABLE, hostile.FLOOD, hostile.FORGED, hostile.DROPS, hostile.IMPORTS)}
    assert named == {path.stem for path in Path(hostile.__file__).parent.glob("[a-z]*.py")}
