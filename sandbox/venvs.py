"""Virtual environments for bubblewrap: the packages of every sandbox and further ones, apart from AutoIOT's own."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from sandbox.digests import digests, short_hash
from sandbox.errors import SandboxUnavailable
from sandbox.packages import closure, pins
from sandbox.pip import FULL, Pip, refusal
from sandbox.record import Record
from sandbox.store import READY, Store

ROOM = 50_000_000
"""Bytes that an empty environment takes, and some: `venv` itself does not say why it failed."""


def base_name() -> str:
    """This Python and the packages of every sandbox: what is built for another does not count."""
    return short_hash(sys.base_prefix, sys.version, sysconfig.get_platform(), *pins(closure()))


def folder_name(wheels: Sequence[Path]) -> str:
    return short_hash(base_name(), *(f"{name} {digest}" for name, digest in digests(wheels).items()))


def python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def is_ready(folder: Path) -> bool:
    return (folder / READY).is_file() and python_of(folder).exists()


def build_venv(store: Store, record: Record) -> Path:
    """Its Python; builds it first if need be, without network.

    Raises WheelSpoiled, or SandboxUnavailable when it cannot be built.
    """
    folder = store.environments / record.target
    if not is_ready(folder):
        with store.locked():
            # Somebody else may have built it meanwhile.
            if not is_ready(folder):
                make_whole(folder, store.fetched(record))
    return python_of(folder)


def make_whole(folder: Path, wheels: Sequence[Path]) -> None:
    """In its place from the start, since compiled files and scripts name it: the mark tells a whole one."""
    try:
        make_venv(folder)
        install(folder, wheels)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / READY).touch()


def make_venv(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    said = run([sys.executable, "-I", "-m", "venv", str(folder)])
    if said and shutil.disk_usage(folder.parent).free < ROOM:
        raise SandboxUnavailable(FULL)
    if said:
        raise SandboxUnavailable(f"the environment {folder} could not be made: {said.splitlines()[-1]}")


def install(folder: Path, wheels: Sequence[Path]) -> None:
    python = str(python_of(folder))
    offline = ["--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check"]
    said = run([python, "-I", "-m", "pip", "install", *offline, *map(str, wheels)])
    if said:
        raise refusal(said)
    # As in the image; templates that are no Python stay as they are.
    run([python, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder / "lib")])


def own_pip(python: Path) -> Pip:
    """pip of that Python, with what this machine's pip is set to."""

    def pip(arguments: list[str], folder: Path) -> None:
        said = run([str(python), "-I", "-m", "pip", *arguments])
        if said:
            raise refusal(said)

    return pip


def run(command: list[str]) -> str:
    """What it said if it failed, else nothing."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as error:
        raise SandboxUnavailable(f"{command[0]} could not be started: {error}") from error
    return (done.stdout + done.stderr).strip() or f"exit code {done.returncode}" if done.returncode else ""
