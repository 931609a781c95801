import textwrap

import pytest

from graph import checks
from sandbox.environment import Package, base_environment

MAIN = """
import argparse


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", "--input")
    parser.add_argument("-o", "--output")
    return parser.parse_args()


main()
"""


def findings(source: str, max_kb: float | None = None) -> list[str]:
    return checks.findings(source, base_environment(), max_kb)


def found(source: str) -> list[str]:
    """In a program that has all the rest."""
    return findings(textwrap.dedent(source) + MAIN)


def test_a_program_without_faults():
    assert findings(MAIN) == []


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("print(missing)", "line 1: undefined name missing"),
        ("def f():\n    print(x)\n    x = 1\n    return x\nx = 2", "line 2: undefined name x"),
        ("__all__ = ['nothing']", "line 1: undefined name nothing"),
        ("import torch", "line 1: torch is not installed where the program runs"),
        ("from torch.nn import Module\nprint(Module)", "line 1: torch is not installed where the program runs"),
        ("from .helper import x\nprint(x)", "line 1: . is not installed where the program runs"),
        ("def f():\n    pass", "line 1: the function f has no body"),
        ("def f():\n    ...", "line 1: the function f has no body"),
        ('def f():\n    """It does."""', "line 1: the function f has no body"),
        ('def f():\n    """It does."""\n    raise NotImplementedError("soon")', "line 1: the function f has no body"),
        ("class A:\n    def f(self):\n        raise NotImplementedError", "line 2: the function f has no body"),
        ("async def f():\n    pass", "line 1: the function f has no body"),
        ("def f():\n    return 1\ndef f():\n    return 2", "f is defined 2 times at the top level"),
        ("X = 1\nX: int = 2", "X is defined 2 times at the top level"),
        ("def filter(x):\n    return x", "filter hides the built-in of that name"),
        (
            "import datetime\nfrom datetime import datetime\nprint(datetime)",
            "datetime is imported as datetime and as datetime.datetime: the later one wins",
        ),
        (
            "from scipy import signal\ndef signal(x):\n    return x",
            "signal is imported as scipy.signal and defined: the later one wins",
        ),
        ("x = 1  # TODO: measure", "line 1: a placeholder comment instead of code: # TODO: measure"),
        ("# your code here", "line 1: a placeholder comment instead of code: # your code here"),
        ("# ... rest of the code ...", "line 1: a placeholder comment instead of code: # ... rest of the code ..."),
        ("# (unchanged)", "line 1: a placeholder comment instead of code: # (unchanged)"),
        ("# ... as before, unchanged", "line 1: a placeholder comment instead of code: # ... as before, unchanged"),
        ("# Placeholder", "line 1: a placeholder comment instead of code: # Placeholder"),
        ("x = '/home/me/data.csv'", "line 1: an absolute path is written into the program: /home/me/data.csv"),
        ("x = r'C:\\data\\a.csv'", "line 1: an absolute path is written into the program: C:\\data\\a.csv"),
        ("x = (\n", "line 1: it does not parse: '(' was never closed"),
        ("x = '\0'", "the program holds a NUL byte"),
        ("x = " + "+".join("1" * 5000), "it does not parse: an expression is nested too deeply"),
        ("x = " + "+".join("1" * 900), "an expression is nested too deeply to be read"),
    ],
)
def test_each_finding_once(source, finding):
    assert found(source) == [finding]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("main", "start", "there is no function main"),
        ('"-i", ', "", "the command line option -i is missing"),
        ('"-o", ', "", "the command line option -o is missing"),
    ],
)
def test_the_command_line(old, new, finding):
    assert findings(MAIN.replace(old, new)) == [finding]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import functools\n@functools.lru_cache(maxsize=None)\ndef f(x):\n    return x", id="decorator"),
        pytest.param(
            """
            from abc import ABC, ABCMeta, abstractmethod
            class A(ABC):
                @abstractmethod
                def f(self): ...
            class B(metaclass=ABCMeta):
                @abstractmethod
                def f(self):
                    raise NotImplementedError
            """,
            id="abstract methods",
        ),
        pytest.param("from typing import Protocol\nclass P(Protocol):\n    def f(self) -> int: ...", id="protocol"),
        pytest.param("class A:\n    def __enter__(self): return self\n    def __exit__(self, *e): pass", id="with"),
        pytest.param(
            "from typing import overload\n@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ..."
            "\ndef f(x):\n    return x",
            id="overloads",
        ),
        pytest.param(
            "from functools import singledispatch\n@singledispatch\ndef f(x):\n    return x\n@f.register\n"
            "def _(x: int):\n    return 1\n@f.register(str)\ndef _(x):\n    return 2",
            id="single dispatch",
        ),
        pytest.param(
            "try:\n    import torch\nexcept ImportError:\n    torch = None\nprint(torch)", id="optional import"
        ),
        pytest.param(
            "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib", id="replaced import"
        ),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from _typeshed import SupportsRead\n"
            "def f(x: 'SupportsRead') -> None:\n    print(x)",
            id="type-only import",
        ),
        pytest.param(
            "from __future__ import annotations\nimport numpy.typing as npt\nX: npt.NDArray", id="annotations"
        ),
        pytest.param("import os\nimport os.path\nimport scipy.signal\nimport scipy.stats", id="parts of one package"),
        pytest.param("a = [x for x in range(3) if x]\nb = {k: [v for v in k] for k in 'ab'}", id="comprehensions"),
        pytest.param("def f(n):\n    if (m := n) > 1:\n        return [y := m, y]\n    return n", id="walrus"),
        pytest.param("__all__ = ['f']\ndef f():\n    return 1", id="__all__"),
        pytest.param("COUNT = 0\ndef f():\n    global COUNT\n    COUNT += 1", id="global"),
        pytest.param(
            "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g", id="nonlocal"
        ),
        pytest.param("print(__file__, __name__, __doc__)", id="names of the module"),
        pytest.param("def f(x):\n    return None", id="returns nothing"),
        pytest.param("import re\nX = re.compile('\\d')", id="odd escape"),
        pytest.param("import re\nX = re.compile(r't:\\d+\\s')", id="a pattern that looks like a drive"),
        pytest.param("# too short to filter: return it unchanged", id="unchanged, explained"),
        pytest.param("# NaN is a placeholder for a missing beat", id="placeholder, explained"),
        pytest.param("print('# TODO')", id="TODO in a string"),
        pytest.param("x = 'see /home/ for more'\ny = '/'\nz = 'data/x'", id="no absolute path"),
        pytest.param("x = 1\nx += 1\nx, y = 1, 2", id="assigned again"),
    ],
)
def test_no_finding(source):
    assert found(source) == []


def test_main_may_take_arguments():
    assert (
        findings(MAIN.replace("def main():", "def main(argv=None):").replace("parse_args()", "parse_args(argv)")) == []
    )


def test_options_may_be_read_by_hand():
    source = "import sys\n\n\ndef main():\n    return [sys.argv.index(option) for option in ('-i', '-o')]\n"
    assert findings(source) == []


def test_several_findings():
    assert len(findings("import torch\nprint(x)\n")) == 5


@pytest.mark.parametrize(("max_kb", "many"), [(None, 0), (1, 0), (len(MAIN) / 1024, 0), (0.1, 1)])
def test_size(max_kb, many):
    assert len(findings(MAIN, max_kb)) == many


def test_size_is_told():
    assert findings(MAIN + "# " + "x" * 2048, 1.5) == ["the program is 2.2 KiB; the task allows 1.5"]


def test_packages_of_the_task_may_be_imported():
    source = MAIN + "import torch\n\nprint(torch)\n"
    more = base_environment().with_packages([Package("torch", "2.13.0", ("torch", "functorch"))])
    assert checks.findings(source, base_environment()) == ["line 13: torch is not installed where the program runs"]
    assert checks.findings(source, more) == []
