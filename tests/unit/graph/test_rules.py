import pytest

from graph.rules import Rule, broken_by_reading, broken_by_running, rules
from sandbox.environment import Environment, Package

HERE = Environment(
    tuple(
        Package(name, "1.0", (module,))
        for name, module in (
            ("numpy", "numpy"),
            ("scipy", "scipy"),
            ("scikit-learn", "sklearn"),
            ("PyWavelets", "pywt"),
        )
    )
)
LEARNED = "from sklearn.neural_network import MLPClassifier\nimport numpy as np\n"


def read(*texts: str) -> list[Rule]:
    return rules(texts, HERE)


def kinds(*texts: str) -> list[tuple[str, tuple[str, ...], float]]:
    return [(rule.kind, rule.names, rule.limit) for rule in read(*texts)]


@pytest.mark.parametrize(
    ("said", "kind", "names"),
    [
        ("Only numpy and scipy.", "only", ("numpy", "scipy")),
        ("use only NumPy, SciPy and scikit-learn", "only", ("numpy", "scipy", "sklearn")),
        ("please use nothing but the standard library", "only", ()),
        ("you may only use the packages numpy or PyWavelets", "only", ("numpy", "pywt")),
        ("avoid scikit-learn", "avoid", ("sklearn",)),
        ("Don't use sklearn or pywt!", "avoid", ("sklearn", "pywt")),
        ("without torch", "avoid", ("torch",)),
        ("use PyWavelets", "use", ("pywt",)),
        ("Use numpy and scipy only", "only", ("numpy", "scipy")),
        ("Use Pan-Tompkins", "name", ("Pan-Tompkins",)),
        ("use the Kalman filter", "name", ("Kalman",)),
        ("Use Savitzky–Golay smoothing", "name", ("Savitzky–Golay",)),
    ],
)
def test_what_is_taken_for_a_rule(said: str, kind: str, names: tuple[str, ...]) -> None:
    assert kinds(said) == [(kind, names, 0.0)]


def test_a_sentence_may_hold_several() -> None:
    assert [kind for kind, *_ in kinds("Never use a neural network, only numpy and scipy, at most 50 MB")] == [
        "avoid",
        "only",
        "memory",
    ]


def test_kinds_of_method_are_modules_to_avoid() -> None:
    (rule,) = read("Never use deep learning.")
    assert {"torch", "sklearn.neural_network"} <= set(rule.names)
    assert "sklearn" not in rule.names
    assert "sklearn" in read("no machine learning")[0].names


@pytest.mark.parametrize(
    ("said", "kind", "limit"),
    [
        ("at most 50 MB", "memory", 50),
        ("do not use more than 50 MB", "memory", 50),
        ("It must use no more than 1.5 GB of memory", "memory", 1536),
        ("the program may have at most 40 kB of code", "size", 40),
        ("run in under 2 minutes", "seconds", 120),
        ("at most 30 s", "seconds", 30),
    ],
)
def test_sizes(said: str, kind: str, limit: float) -> None:
    assert kinds(said) == [(kind, (), limit)]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Only the second lead is clean.",
        "use only records with beats",
        "do not trust the labels of s20",
        "use numpy well",
        "Use Lead II",
        "use a band-pass of 5 to 20 Hz",
        "look at windows of at most 2 s",
        "peaks are at most 100 ms away",
        "never use the watch",
        "a missed beat and a false one count the same",
        "I think only numpy and friends are needed",
        "use the median, never the mean",
    ],
)
def test_what_is_for_the_model_alone(said: str) -> None:
    assert read(said) == []


def test_several_rules_in_what_was_said() -> None:
    said = "Look at s17. Never use deep learning and use Pan-Tompkins; at most 50 MB\nonly numpy, scipy"
    assert [rule.kind for rule in read(said)] == ["avoid", "name", "memory", "only"]


@pytest.mark.parametrize(
    ("said", "source", "line"),
    [
        ("only numpy", LEARNED, "it imports sklearn; a person said: only numpy"),
        ("only the standard library", "import json\n", ""),
        ("only numpy", "from __future__ import annotations\nimport numpy.fft\n", ""),
        ("avoid deep learning", LEARNED, "it imports sklearn.neural_network; a person said: avoid deep learning"),
        ("avoid deep learning", "from sklearn import neural_network\n", "it imports sklearn.neural_network; a pers"),
        ("avoid deep learning", "from sklearn.ensemble import ExtraTreesClassifier\n", ""),
        (
            "avoid sklearn",
            "try:\n    import sklearn.svm\nexcept ImportError:\n    pass\n",
            "it imports sklearn; a pers",
        ),
        ("use scipy", LEARNED, "it does not import scipy; a person said: use scipy"),
        ("use scipy", "from scipy.signal import butter\n", ""),
        ("use Pan-Tompkins", "def pan_tompkins(x):\n    return x\n", ""),
        ("use Pan-Tompkins", "x = 1\n", "nothing in it is called Pan-Tompkins; a person said: use Pan-Tompkins"),
        ("at most 1 kB", "x = 1\n" * 1000, "it has 5.9 KiB; a person said: at most 1 kB"),
        ("at most 1 kB", "x = 1\n", ""),
        ("only numpy", "import (", ""),
    ],
)
def test_programs_that_break_them(said: str, source: str, line: str) -> None:
    found = broken_by_reading(read(said), source)
    assert len(found) == bool(line)
    assert "".join(broken.line for broken in found).startswith(line)


def test_what_is_seen_only_while_it_runs() -> None:
    found = read("at most 50 MB", "at most 10 s", "only numpy")
    assert broken_by_running(found, seconds=9, memory_mb=50) == []
    assert [broken.line for broken in broken_by_running(found, seconds=12, memory_mb=81.3)] == [
        "it took 81.3 MiB of memory; a person said: at most 50 MB",
        "it took 12 s; a person said: at most 10 s",
    ]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (("only numpy", "only scipy"), [("only", ("scipy",), 0.0)]),
        (("at most 50 MB", "at most 80 MB"), [("memory", (), 80.0)]),
        (("avoid sklearn", "use sklearn"), [("use", ("sklearn",), 0.0)]),
        (("avoid sklearn and pywt", "use sklearn"), [("avoid", ("pywt",), 0.0), ("use", ("sklearn",), 0.0)]),
        (("avoid sklearn", "only numpy and sklearn"), [("only", ("numpy", "sklearn"), 0.0)]),
        (("only numpy", "use scipy"), [("only", ("numpy", "scipy"), 0.0), ("use", ("scipy",), 0.0)]),
        (("use scipy", "avoid scipy"), [("avoid", ("scipy",), 0.0)]),
        (("only numpy and scipy", "avoid scipy"), [("only", ("numpy",), 0.0), ("avoid", ("scipy",), 0.0)]),
    ],
)
def test_of_two_that_contradict_each_other_the_later_one_holds(said: tuple[str, ...], left: list[object]) -> None:
    assert kinds(*said) == left
