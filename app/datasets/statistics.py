"""Ranges and means of the values, for tasks that allow them to be told: over some files of a kind together."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.datasets.arrays import SUFFIXES
from app.datasets.reading import reading
from app.datasets.schema import plain
from app.datasets.steps import is_time
from app.datasets.tables import columns, read_table
from graph.errors import DatasetInvalid

LOOKED_AT = 20
"""Files of a kind."""
MOST = 30
"""Fields of a kind."""
Fields = Iterator[tuple[str, Any]]


def statistics(root: Path, files: Sequence[str]) -> list[str]:
    """A line for each field of tables, NumPy files and WFDB records: lowest, highest, mean and deviation."""
    lines: list[str] = []
    for kind, reader in READERS.items():
        chosen = [file for file in files if Path(file).suffix.lower() in kind][:LOOKED_AT]
        values: dict[str, list[Any]] = {}
        for file in chosen:
            try:
                for name, found in reader(root / file, file):
                    values.setdefault(name, []).append(np.asarray(found, dtype=np.float64).ravel())
            except DatasetInvalid:
                continue
        lines += [line for name, parts in list(values.items())[:MOST] if (line := _line(name, np.concatenate(parts)))]
    return lines


def _line(name: str, values: Any) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return ""
    low, high, mean, deviation = (f"{number:.4g}" for number in (known.min(), known.max(), known.mean(), known.std()))
    return f"- {plain(name)}: {low} to {high}, mean {mean}, standard deviation {deviation}"


def _table(path: Path, relative: str) -> Fields:
    import pandas as pd  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    table: Any = read_table(path, relative)
    convert: Any = pd.to_numeric
    for place, name in enumerate(columns(table)):
        numbers = convert(table.iloc[1:, place], errors="coerce")
        # A time tells when somebody was there.
        if not is_time(name) and numbers.notna().mean() > 0.5:
            yield name, numbers.to_numpy()


def _arrays(path: Path, relative: str) -> Fields:
    with reading(relative), path.open("rb") as file:
        loaded: Any = np.load(file, allow_pickle=False)
        named = {"array": loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
        numbers = {name: array for name, array in named.items() if array.dtype.kind in "iufb" and not is_time(name)}
    yield from numbers.items()


def _record(path: Path, relative: str) -> Fields:
    from app.datasets.headers import read_signals  # noqa: PLC0415 (wfdb takes its time to be imported)

    yield from read_signals(path, relative).items()


READERS: dict[tuple[str, ...], Callable[[Path, str], Fields]] = {
    (".csv", ".tsv"): _table,
    SUFFIXES: _arrays,
    (".hea",): _record,
}
