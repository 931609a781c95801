"""The schema of files: what a person could say about them without giving away a value."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

from app.datasets.arrays import is_arrays, read_shapes
from app.datasets.records import read_header
from app.datasets.tables import columns, is_table, read_table
from graph.errors import DatasetInvalid

_pandas: Any = pd
LOOKED_AT = 60
"""Files of one kind that are read; a large dataset repeats itself."""


def schema(root: Path, files: Sequence[str]) -> list[str]:
    """Lines on the files (paths relative to `root`), one or a few for each suffix."""
    lines: list[str] = []
    for suffix in sorted({_suffix(file) for file in files}):
        kind = [file for file in files if _suffix(file) == suffix]
        lines += [f"{suffix or 'no suffix'}: {text}" for text in _texts(root, suffix, kind)]
    return lines


def plain(text: str) -> str:
    """A name without line breaks and control characters, and not too long."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:80]


def listed(names: Iterable[str], most: int = 40) -> str:
    unique = list(dict.fromkeys(plain(name) for name in names))
    more = f" and {len(unique) - most} more" if len(unique) > most else ""
    return ", ".join(unique[:most]) + more


def span(numbers: Iterable[float], unit: str = "") -> str:
    values = sorted(numbers)
    low, high = (f"{value:.10g}" for value in (values[0], values[-1]))
    return (low if low == high else f"{low} to {high}") + (f" {unit}" if unit else "")


def _suffix(file: str) -> str:
    return Path(file).suffix.lower()


def _texts(root: Path, suffix: str, files: Sequence[str]) -> list[str]:
    looked = files[:: -(-len(files) // LOOKED_AT)]
    try:
        return _describer(suffix)(root, looked)
    except DatasetInvalid:
        return [_size(root, looked)]


def _describer(suffix: str) -> Callable[[Path, Sequence[str]], list[str]]:
    if suffix == ".hea":
        return _records
    if is_table(f"x{suffix}"):
        return _tables
    if is_arrays(f"x{suffix}"):
        return _arrays
    return lambda root, files: [_size(root, files)]


def _files(files: Sequence[object]) -> str:
    return "1 file" if len(files) == 1 else f"{len(files)} files"


def _size(root: Path, files: Sequence[str]) -> str:
    return f"{_files(files)} of {span((root / file).stat().st_size for file in files)} bytes"


def _records(root: Path, files: Sequence[str]) -> list[str]:
    headers = [read_header(root / file, file) for file in files]
    return [
        "WFDB header of one record; read it with wfdb.rdrecord(path without suffix)."
        f" Sampling rate {span((header.rate for header in headers), 'Hz')};"
        f" {span(len(header.signals) for header in headers)} signals;"
        f" names (over all records) {listed(name for header in headers for name in header.signals)};"
        f" units {listed(unit for header in headers for unit in header.units)};"
        f" duration {span((round(header.length / header.rate, 1) for header in headers), 's')}"
        f" ({span((header.length for header in headers), 'samples')})"
    ]


def _tables(root: Path, files: Sequence[str]) -> list[str]:
    rows: dict[str, list[int]] = {}
    for file in files:
        table = read_table(root / file, file)
        rows.setdefault(_columns(table), []).append(len(table) - 1)
    texts = [f"{_files(counts)} with {span(counts)} rows, columns {names}" for names, counts in rows.items()]
    return [*texts[:6], *([f"{len(texts) - 6} more kinds of columns"] if len(texts) > 6 else [])]


def _columns(table: Any) -> str:
    names = columns(table)
    # Without a header the first row is data, and values never go to a model.
    if any(_is_number(name) for name in names):
        return f"without a header: {len(names)} of them"
    types = [_type(table.iloc[1:, place]) for place in range(len(names))]
    return listed((f"{plain(name)} ({kind})" for name, kind in zip(names, types, strict=True)), most=30)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _type(cells: Any) -> str:
    filled = cells[cells.str.strip() != ""]
    if filled.empty:
        return "empty"
    if filled.str.fullmatch(r"\s*[+-]?\d+\s*").all():
        return "integer"
    return "float" if _pandas.to_numeric(filled, errors="coerce").notna().all() else "text"


def _arrays(root: Path, files: Sequence[str]) -> list[str]:
    shapes: dict[tuple[str, str, int], list[tuple[int, ...]]] = {}
    for file in files:
        for name, (kind, shape) in read_shapes(root / file, file).items():
            shapes.setdefault((name, kind, len(shape)), []).append(shape)
    arrays = [
        f"{plain(name) or 'one array'} ({kind}, shape {_shape(found)})" for (name, kind, _), found in shapes.items()
    ]
    return [f"NumPy file with {listed(arrays)}"]


def _shape(shapes: Sequence[tuple[int, ...]]) -> str:
    return " x ".join(span(lengths) for lengths in zip(*shapes, strict=True)) or "single value"
