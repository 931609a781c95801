"""CSV files, kept as the text that they hold."""

from pathlib import Path
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

from app.datasets.reading import reading
from graph.errors import DatasetInvalid

_pandas: Any = pd
SEPARATORS = {".csv": ",", ".tsv": "\t"}


def is_table(relative: str) -> bool:
    return Path(relative).suffix.lower() in SEPARATORS


def read_table(path: Path, relative: str) -> pd.DataFrame:
    """All cells as text, the header being row 0; blank lines are skipped, short rows filled with ''.

    The header is no more than a row because pandas renames a second `label` to `label.1`, and takes the
    first column for an index when rows are longer than the header: either way a label could slip through.

    Raises:
        DatasetInvalid: the file is no UTF-8 CSV, or a row is longer than the header.
    """
    with reading(relative):
        frame: pd.DataFrame = _pandas.read_csv(
            path, sep=_separator(path), header=None, dtype=str, keep_default_na=False, encoding="utf-8"
        )
        return frame


def columns(table: pd.DataFrame) -> list[str]:
    cells: Any = table
    return [str(cell) for cell in cells.iloc[0]]


def column(table: pd.DataFrame, name: str, relative: str) -> list[str]:
    """The cells below the header `name`.

    Raises:
        DatasetInvalid: there is not exactly one such column, or no row.
    """
    places = _places(table, name)
    if len(places) != 1:
        found = "no column" if not places else f"{len(places)} columns"
        raise DatasetInvalid(f"{relative} has {found} '{name}'; it has: {', '.join(columns(table))[:200]}")
    if len(table) < 2:
        raise DatasetInvalid(f"{relative} has no rows below its header")
    cells: Any = table
    return [str(cell) for cell in cells.iloc[1:, places[0]]]


def has_column(table: pd.DataFrame, name: str) -> bool:
    return bool(_places(table, name))


def write_without(table: pd.DataFrame, name: str, path: Path) -> None:
    """Write the table to `path`, less every column `name`."""
    cells: Any = table
    kept = [place for place in range(cells.shape[1]) if place not in _places(table, name)]
    cells.iloc[:, kept].to_csv(
        path, sep=_separator(path), header=False, index=False, lineterminator="\n", encoding="utf-8"
    )


def _places(table: pd.DataFrame, name: str) -> list[int]:
    # ' Label' is the same column to a program that looks for it, so it must not stay behind.
    wanted = name.strip().casefold()
    return [place for place, cell in enumerate(columns(table)) if cell.strip().casefold() == wanted]


def _separator(path: Path) -> str:
    return SEPARATORS[path.suffix.lower()]
