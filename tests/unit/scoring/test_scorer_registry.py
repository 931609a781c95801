from pathlib import Path
from typing import Any

import pytest

from graph.errors import ScorerRefused
from graph.scoring.classification import Classification
from graph.scoring.custom import CustomScorer
from graph.scoring.r_peaks import RPeaks
from graph.scoring.registry import check_metric, open_scorer
from graph.scoring.regression import Regression
from sandbox.limits import Limits
from sandbox.process import ProcessSandbox


def opened(name: str, kind: Any, base: Path = Path(), tolerance_ms: float = 100) -> Any:
    return open_scorer(name, tolerance_ms=tolerance_ms, base=base, sandbox=ProcessSandbox(), limits=Limits(), kind=kind)


def test_names(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("pass")
    assert isinstance(opened("r_peaks", "samples"), RPeaks)
    assert opened("r_peaks", "samples", tolerance_ms=150).tolerance_ms == 150
    assert isinstance(opened("classification", "labels"), Classification)
    assert isinstance(opened("regression", "values"), Regression)
    assert isinstance(opened("mine.py", "labels", tmp_path), CustomScorer)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        (
            "peaks",
            "samples",
            "there is no scorer 'peaks': choose r_peaks, classification, regression or a Python file",
        ),
        (
            "r_peaks",
            "labels",
            "scorer r_peaks compares samples, the labels of this task are labels: choose classif",
        ),
        ("classification", "values", "choose regression"),
        ("none.py", "labels", "cannot be read: No such file"),
        ("bad.py", "labels", "cannot be read: not UTF-8 text"),
        ("folder.py", "labels", "cannot be read: Is a directory"),
        ("\0.py", "labels", "cannot be read"),
    ],
)
def test_refusals(tmp_path: Path, name: str, kind: str, message: str) -> None:
    (tmp_path / "bad.py").write_bytes(b"\xff")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(ScorerRefused) as refused:
        opened(name, kind, tmp_path)
    assert message in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("tolerance_ms", [0, -5, float("nan"), float("inf")])
def test_a_tolerance_is_a_time(tolerance_ms: float) -> None:
    with pytest.raises(ScorerRefused, match="tolerance_ms"):
        opened("r_peaks", "samples", tolerance_ms=tolerance_ms)


def test_check_metric(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("pass")
    check_metric(RPeaks(), "f1", "maximize")
    check_metric(opened("mine.py", "labels", tmp_path), "anything", "minimize")
    with pytest.raises(ScorerRefused, match="does not measure 'accuracy': choose f1, sensitivity, precision, med"):
        check_metric(RPeaks(), "accuracy", "maximize")
    with pytest.raises(ScorerRefused, match="metric mae of scorer regression is to minimize, not to maximize"):
        check_metric(Regression(), "mae", "maximize")
