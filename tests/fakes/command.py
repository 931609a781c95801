"""The command line as a person meets it: what it says, and with which exit code."""

import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes.server import ModelServer
from fakes.tiny import TASK, write_job

from app.cli.main import run

KEY = "sk-a-key-that-nobody-shall-see"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line that a bad input gets, after the name of the program."""
        assert self.code == 2, self
        return self.line

    @property
    def line(self) -> str:
        assert re.fullmatch(r"autoiot: [^\n]+\n", self.err), self
        return self.err.removeprefix("autoiot: ").strip()

    @property
    def run(self) -> str:
        found = re.search(r"run (\S+) ·", self.out)
        assert found, self
        return found[1]


@dataclass(frozen=True)
class Job:
    """A task with its dataset in a folder of its own, and the command line to run it with."""

    folder: Path
    task: Path
    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> Said:
        self.capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        return Said(code, said.out, said.err)

    def run(self, *arguments: str | Path) -> Said:
        return self("run", self.task, *arguments)

    def ask(self, server: ModelServer) -> None:
        self.monkeypatch.setenv("OPENAI_BASE_URL", server.url)

    def rewrite(self, old: str, new: str) -> None:
        assert old in TASK
        self.task.write_text(TASK.replace(old, new), encoding="utf-8")

    def stored(self) -> Iterator[tuple[Path, bytes]]:
        """Every file that there is, of the home, the result and all."""
        yield from ((path, path.read_bytes()) for path in self.folder.rglob("*") if path.is_file())


def begin(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    """Nothing of the environment counts but what is set here; no server can be reached until one is named."""
    for name in os.environ:
        if name.startswith(("OPENAI_", "AUTOIOT_", "TAVILY_", "LANG")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = folder / "home"
    settings = {"AUTOIOT_HOME": home, "AUTOIOT_SANDBOX": "process", "AUTOIOT_MODEL_RETRIES": 1, "OPENAI_API_KEY": KEY}
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.chdir(folder)
    return Job(folder, write_job(folder / "job"), home, monkeypatch, capsys)


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """`autoiot` as a process of its own, e.g. to send it a signal."""
    command = [str(Path(sysconfig.get_path("scripts"), "autoiot")), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> Said:
    out, err = process.communicate(timeout=60)
    return Said(process.returncode, out, err)
