"""What ruff finds in a program."""

import pytest

from app.quality.ruff import RuffCritic
from graph.quality import Quality, count, to_repair

SOURCE = '''\
"""P."""

import os
import subprocess


def f(a, b):
    try:
        x = eval(a)
    except Exception:
        pass
    for i in b:
        if a and b or i:
            subprocess.run("ls " + a, shell=True)
    assert a != 0.35
    return b
'''


async def test_it_reads_without_running() -> None:
    found = await RuffCritic().read(SOURCE)
    assert found is not None
    assert {one.code for one in found} >= {"F401", "F841", "S110", "S307", "S602", "SIM105", "C901"}
    assert not {one.code for one in found} & {"S101", "PLR2004"}
    assert [line[:7] for line in to_repair(found)] == ["line 9:", "line 14"]
    # One for the function, the except, the loop, the condition.
    assert count(found).complexity == 4


@pytest.mark.parametrize("source", ["", '"""P."""\n\nX = 1\n', 'X = "\ud800"\n'])
async def test_a_clean_program(source: str) -> None:
    found = await RuffCritic().read(source)
    assert found == []
    assert count(found) == Quality(0, 0, 0, 0)


async def test_of_what_does_not_parse_nothing_is_said() -> None:
    assert await RuffCritic().read("def f(:\n") is None
