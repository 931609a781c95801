import io

import pytest
import typer
from rich.console import Console

from app.cli.score import SHOWN, measurement_table, tell_difference
from graph.values import Measurement


@pytest.mark.parametrize(("units", "more"), [(3, ""), (SHOWN, ""), (SHOWN + 5, "and 5 more: --json")])
def test_of_many_units_the_first_are_shown(units: int, more: str) -> None:
    measurement = Measurement({"f1": 0.9}, {f"u{number:03}": {"f1": 1.0} for number in range(units)})
    console = Console(file=io.StringIO(), width=100)
    console.print(measurement_table(measurement, "test"))
    shown = console.file.getvalue()
    assert shown.count(" u0") == min(units, SHOWN)
    assert ("more: --json" in shown) is bool(more)
    assert more in shown
    assert "0.9000" in shown


@pytest.mark.parametrize(
    ("f1", "spread", "said"),
    [(0.9, 0.0, "The same as was reported."), (0.91, 0.01, "Within 0.03 of what was reported"), (0.9, 0.01, "Within")],
)
def test_the_same_score_or_one_as_far_away_as_chance_goes(
    f1: float, spread: float, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_difference({"f1": f1}, {"f1": 0.9}, spread)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("f1", "spread"), [(0.91, 0.0), (0.94, 0.01)])
def test_another_score(f1: float, spread: float) -> None:
    with pytest.raises(typer.Exit):
        tell_difference({"f1": f1}, {"f1": 0.9}, spread)
