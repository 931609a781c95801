"""The list of all commands, and what is imported for it."""

import inspect
import json
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
import typer

from app.cli.commands import COMMANDS, Command

SLOW = ("sklearn", "scipy", "pandas", "langgraph", "langchain_core", "fastapi", "sqlalchemy", "psycopg")
ASK = """
import json, sys
from app.cli.main import run
code = run(sys.argv[2:])
print(json.dumps([code, [name for name in json.loads(sys.argv[1]) if name in sys.modules]]), file=sys.stderr)
"""


def imported(*words: str) -> tuple[int, list[str]]:
    """The exit code, and which of the slow packages were imported."""
    command = [sys.executable, "-c", ASK, json.dumps(SLOW), *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    code, found = json.loads(said.stderr.splitlines()[-1])
    return code, found


@pytest.mark.parametrize(("words", "code"), [(("--help",), 0), (("nonsense",), 2)])
def test_help_imports_nothing_slow(words: tuple[str, ...], code: int) -> None:
    assert imported(*words) == (code, [])


def test_a_command_imports_what_it_needs() -> None:
    code, found = imported("migrate", "--help")
    assert code == 0 and "sqlalchemy" in found


@pytest.mark.parametrize("words", [("list",), ("submit", "no.yaml"), ("watch", "x"), ("fetch", "x"), ("review", "x")])
def test_a_client_imports_nothing_slow(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOIOT_SERVER", raising=False)
    assert imported(*words) == (2, [])


def target(command: Command) -> Any:
    module, _, name = (command.here or command.there).partition(":")
    return getattr(import_module(module), name)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_list_says_what_the_command_says(command: Command) -> None:
    found = target(command)
    own = found.info.help if isinstance(found, typer.Typer) else inspect.getdoc(found)
    assert str(own).splitlines()[0] == command.help
