"""What lies before a checkpoint and what after it."""

import pytest

from graph.position import of_call, of_checkpoint, of_version

CALLS = [
    ("chat", "terms", 0, ""),
    ("search", "search", 0, "a"),
    ("chat", "outline", 0, ""),
    ("chat", "design", 0, ""),
    ("chat", "write_module", 0, "f"),
    ("chat", "integrate", 0, ""),
    ("chat", "debug", 0, "1"),
    ("chat", "debug", 0, "2"),
    ("chat", "improve", 1, ""),
    ("chat", "debug", 1, "1"),
    ("chat", "improve", 2, ""),
    ("chat", "document", 0, "1"),
]
"""As a run makes them."""


@pytest.mark.parametrize(
    ("following", "iteration", "repairs", "calls", "versions"),
    [
        (["__start__"], 0, None, 0, 0),
        (["terms"], 0, None, 0, 0),
        (["search", "search"], 0, None, 1, 0),
        (["outline"], 0, None, 2, 0),
        (["design"], 0, None, 3, 0),
        (["write_module"], 0, None, 4, 0),
        (["integrate"], 0, None, 5, 0),
        (["check"], 0, 0, 6, 0),
        (["debug"], 0, 0, 6, 0),
        (["check"], 0, 1, 7, 0),
        (["evaluate"], 0, 2, 8, 0),
        (["improve"], 0, None, 8, 1),
        (["review"], 0, None, 8, 1),
        (["execute"], 1, 0, 9, 1),
        (["run_draft", "execute"], 1, 0, 9, 1),
        (["evaluate"], 1, 1, 10, 1),
        (["improve"], 1, None, 10, 2),
        (["select"], 2, None, 11, 3),
        (["document"], 2, None, 11, 3),
        ([], 2, None, 12, 3),
    ],
)
def test_calls_and_versions_before_it(
    following: list[str], iteration: int, repairs: int | None, calls: int, versions: int
):
    values = {"iteration": iteration, "candidate": None if repairs is None else {"repairs": repairs}}
    here = of_checkpoint(following, values)
    assert [call for call in CALLS if of_call(*call) < here] == CALLS[:calls]
    assert [number for number in (1, 2, 3) if of_version(number) < here] == [1, 2, 3][:versions]
