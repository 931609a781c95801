"""Which constants of a program may be tuned, and how others are written in."""

import pytest

from graph.parameters import MOST, Parameter, parameters, with_values

SOURCE = '''"""P."""

import math

THRESHOLD = 0.35  # tune: 0.05 to 0.95
ORDER: int = 4  # tune: 2 to 8
NAME = "h\u00e4nn"  # tune: h\u00e4nn | hamming | boxcar
LIMIT = -2.5  # in mV; tune: -5 to -0.5
SIZES = 3  # Tune: 1 | 3 | 5
LEVEL = 1e-3  # tune: 1e-5 to 1e-1
GAIN = -2.5  # tune: -5 to -0.5


def main() -> None:
    INSIDE = 3  # tune: 1 to 5
    print(THRESHOLD, INSIDE)
'''


def test_they_are_found_with_what_is_worth_trying() -> None:
    assert parameters(SOURCE) == [
        Parameter("THRESHOLD", 0.35, (), 0.05, 0.95),
        Parameter("ORDER", 4, (), 2, 8),
        Parameter("NAME", "h\u00e4nn", ("h\u00e4nn", "hamming", "boxcar")),
        Parameter("SIZES", 3, (1, 3, 5)),
        Parameter("LEVEL", 0.001, (), 1e-5, 0.1),
        Parameter("GAIN", -2.5, (), -5, -0.5),
    ]
    assert [one.name for one in parameters(SOURCE) if one.is_logarithmic] == ["LEVEL"]


@pytest.mark.parametrize(
    "line",
    [
        "X = 0.35",
        "X = 0.35  # between 0 and 1",
        "X = 2 * 3  # tune: 1 to 9",
        "X = 0.35  # tune: 0.5 to 0.9",
        "X = 0.35  # tune: 0.9 to 0.1",
        "X = 1  # tune: 1 to 1",
        "X = 0.35  # tune: a to b",
        "X = 0.35  # tune: 0 to inf",
        "X = 1e999  # tune: 0 to 1e999",
        "X = True  # tune: 0 to 1",
        "X = 'a'  # tune: 0 to 1",
        "X = 'a'  # tune: b | c",
        "X = 3  # tune: 1 | 3 | x",
        "X = [1]  # tune: 0 to 1",
        "X, Y = 1, 2  # tune: 0 to 1",
        "X.y = 1  # tune: 0 to 1",
        "def f(:",
        'X = """\n1  # tune: 0 to 1',
        "\0",
    ],
)
def test_what_is_not_well_formed_is_none(line: str) -> None:
    assert parameters(f"{line}\n") == []
    assert with_values(line, {"X": 1}) == line


def test_too_many_are_not_swept_together() -> None:
    assert len(parameters("".join(f"X{n} = 1  # tune: 0 to 2\n" for n in range(MOST + 5)))) == MOST


def test_values_are_written_in_and_nothing_else_changes() -> None:
    given = {"THRESHOLD": 0.5, "ORDER": 6, "NAME": "boxcar", "LEVEL": 1e-05, "GAIN": -1.5, "INSIDE": 9, "NONE": 1}
    new = with_values(SOURCE, given)
    assert [one.value for one in parameters(new)] == [0.5, 6, "boxcar", 3, 1e-05, -1.5]
    changed = [line for line, old in zip(new.split("\n"), SOURCE.split("\n"), strict=True) if line != old]
    assert changed == [
        "THRESHOLD = 0.5  # tune: 0.05 to 0.95",
        "ORDER: int = 6  # tune: 2 to 8",
        'NAME = "boxcar"  # tune: h\u00e4nn | hamming | boxcar',
        "LEVEL = 1e-05  # tune: 1e-5 to 1e-1",
        "GAIN = -1.5  # tune: -5 to -0.5",
    ]
    assert with_values(SOURCE, {}) == SOURCE
