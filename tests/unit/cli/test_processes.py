import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import numbered
from fakes.places import REPOSITORY

from app.cli.exits import FAILED
from app.cli.processes import ending


@contextmanager
def started(how: str) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, str(Path(numbered.__file__)), how]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        try:
            yield program
        finally:
            program.terminate()


def read(program: subprocess.Popen[str]) -> tuple[str, int]:
    assert program.stdout
    word, process = program.stdout.readline().split()
    return word, int(process)


def rest(program: subprocess.Popen[str]) -> set[tuple[str, int]]:
    """All that is still told, until every process has ended."""
    assert program.stdout
    return {(word, int(process)) for word, process in map(str.split, program.stdout)}


def test_a_killed_process_is_replaced_under_its_number_until_all_are_stopped() -> None:
    with started("wait") as program:
        first = dict([read(program), read(program)])
        os.kill(first["1"], signal.SIGKILL)
        number, process = read(program)
        assert number == "1"
        program.terminate()
        assert rest(program) == {("stopped", first["0"]), ("stopped", process)}
        assert program.wait(10) == 0


def test_processes_end_when_the_one_that_started_them_is_killed() -> None:
    with started("wait") as program:
        both = {read(program)[1], read(program)[1]}
        program.kill()
        assert rest(program) == {("stopped", process) for process in both}


def test_what_a_person_can_put_right_at_the_start_ends_all() -> None:
    with started("fail") as program:
        assert program.wait(10) == FAILED
        assert {word for word, _ in rest(program)} <= {"0", "stopped"}


@pytest.mark.parametrize(
    ("code", "said"), [(-9, "was ended by SIGKILL"), (1, "ended with exit code 1"), (0, "ended with exit code 0")]
)
def test_how_a_process_ended(code: int, said: str) -> None:
    assert ending(code) == said
