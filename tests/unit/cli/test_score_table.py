import io

import pytest
from rich.console import Console

from app.cli.score import SHOWN, measurement_table
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
