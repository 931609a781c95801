"""Python text as a tree, whatever happens meanwhile."""

import ast
import gc
import sys
from collections.abc import Iterator

import pytest

from graph.syntax import tree


@pytest.fixture
def parsed_meanwhile() -> Iterator[list[str]]:
    """What is parsed when garbage is first collected in the midst of parsing, as if a finalizer logged a traceback."""
    parsed: list[str] = []

    def collected(*_: object) -> None:
        if not parsed and sys._getframe(1).f_code is ast.parse.__code__:
            parsed.append("a = [1]")
            ast.parse(parsed[0])

    threshold = gc.get_threshold()
    gc.callbacks.append(collected)
    gc.set_threshold(10)
    yield parsed
    gc.set_threshold(*threshold)
    gc.callbacks.remove(collected)


def test_what_is_collected_meanwhile_may_parse_too(parsed_meanwhile: list[str]) -> None:
    source = "\n".join(f"x{number} = [a + b for a, b in zip([1], (2,))]" for number in range(100))
    assert len(tree(source).body) == 100
    assert parsed_meanwhile
