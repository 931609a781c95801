"""Counts of what a linter finds."""

from graph.quality import COMPLEX, Finding, Quality, count, smells, to_repair

FOUND = [
    Finding("F401", 1, "`os` imported but unused"),
    Finding("B007", 2, "Loop control variable `i` not used within loop body"),
    Finding("S110", 3, "`try`-`except`-`pass` detected"),
    Finding("S307", 4, "Use of possibly insecure function"),
    Finding("SIM105", 5, "Use `contextlib.suppress`"),
    Finding("PLR0913", 6, "Too many arguments"),
    Finding("C901", 7, "`f` is too complex (12 > 0)"),
    Finding("C901", 8, "`g` is too complex (3 > 0)"),
]


def test_each_kind_is_counted() -> None:
    assert count(FOUND) == Quality(bugs=2, security=2, smells=3, complexity=12)
    assert count([]) == Quality(0, 0, 0, 0)


def test_what_runs_text_as_code_is_repaired() -> None:
    assert to_repair(FOUND) == ["line 4: Use of possibly insecure function (S307)"]


def test_smells_are_told_as_they_are_counted() -> None:
    assert smells(FOUND) == [
        "line 5: Use `contextlib.suppress` (SIM105)",
        "line 6: Too many arguments (PLR0913)",
        "line 7: `f` is too complex (12 > 0) (C901)",
    ]
    assert smells([Finding("C901", 1, f"`f` is too complex ({COMPLEX} > 0)")]) == []
    assert len(smells([Finding("C901", 1, f"`f` is too complex ({COMPLEX + 1} > 0)")])) == 1
