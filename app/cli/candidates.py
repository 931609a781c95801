"""The candidates of a run, as a table."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from app.cli.progress import number


def candidates_table(metric: str, versions: Iterable[Mapping[str, Any]]) -> Table:
    """Of the fields of `graph.values.Version`."""
    table = Table("v", "from", "idea", "status", f"measured {metric}", "claim", "s", "repairs", title="candidates")
    for v in versions:
        measured = number(v["validation"].get(metric)) if v["validation"] else "–"
        claim = number(v["claim"][metric]) if metric in v["claim"] else "–"
        table.add_row(
            str(v["version"]),
            str(v["parent"] or ""),
            escape(v["idea"]),
            escape(v["problem"] or v["status"]),
            measured,
            claim,
            f"{v['seconds']:.1f}",
            str(v["repairs"]),
        )
    return table
