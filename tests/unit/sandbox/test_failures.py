"""What goes wrong on our side is a SandboxError of one line, and never the program's result."""

import sys
import tempfile
from pathlib import Path

import pytest

from sandbox.base import ExecResult, Program
from sandbox.bubblewrap import find_bwrap
from sandbox.errors import (
    GpuUnavailable,
    ImageMissing,
    InputUnusable,
    SandboxBroken,
    SandboxError,
    SandboxStuck,
    SandboxUnavailable,
)
from sandbox.limits import Limits
from sandbox.process import ProcessSandbox
from sandbox.protocol import WRAPPER, Place
from sandbox.registry import open_sandbox
from sandbox.subprocesses import start_wrapper

WRAPPED = [sys.executable, "-I", "-S", "-B", "-c", WRAPPER]


def place(folder: Path, python: str = sys.executable) -> Place:
    return Place(
        python=python,
        inputs="",
        output=f"{folder}/out",
        work=f"{folder}/work",
        isolation="none",
        is_init=False,
    )


async def run(command: list[str], source: str, place: Place) -> ExecResult:
    started = await start_wrapper(command, place, Limits())
    return await started.run(Program(source, Path()))


@pytest.mark.parametrize(
    "kind", [GpuUnavailable, SandboxUnavailable, ImageMissing, InputUnusable, SandboxBroken, SandboxStuck]
)
def test_every_failure_has_one_line(kind: type[SandboxError]) -> None:
    assert str(kind()).count("\n") == 0
    assert len(str(kind())) > 20
    assert str(kind("500:\n  no space\n")) == "500: no space"


async def test_what_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(SandboxBroken, match=r"could not be started: .*nowhere"):
        await run(["/nowhere/python"], "", place(tmp_path))


async def test_a_python_that_is_missing_inside(tmp_path: Path) -> None:
    with pytest.raises(SandboxBroken, match=r"the program could not be started: .*nowhere"):
        await run(WRAPPED, "", place(tmp_path, "/nowhere/python"))


async def test_a_work_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "work").touch()
    with pytest.raises(SandboxBroken, match="without a result: FileExistsError"):
        await run(WRAPPED, "", place(tmp_path))


async def test_a_disk_without_room(tmp_path: Path) -> None:
    # The last write is the one that a full disk fails: /dev/full stands for it.
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "program.py").symlink_to("/dev/full")
    with pytest.raises(SandboxBroken, match=r"without a result: OSError: .* No space left"):
        await run(WRAPPED, "print(1)", place(tmp_path))


async def test_no_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(SandboxBroken, match="no folder could be made"):
        await ProcessSandbox().run(Program("", tmp_path), Limits())


def test_bubblewrap_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        find_bwrap()


def test_a_sandbox_that_does_not_exist() -> None:
    with pytest.raises(SandboxUnavailable, match="auto, docker, bubblewrap, process"):
        open_sandbox("firecracker", owner="tests")
