"""The schema of files: what a person could say about them without giving away a value."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

from app.datasets.arrays import is_arrays, read_shapes, read_times
from app.datasets.containers import READERS
from app.datasets.steps import Steps, is_time, steps, told
from app.datasets.tables import columns, is_table, read_table
from graph.errors import DatasetInvalid

_pandas: Any = pd
FEWER = 20
"""Of those that are opened by a library of their own."""
KINDS = 6
LONGEST_HEADER = 4096
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
    looked = files if is_table(f"x{suffix}") else files[:: -(-len(files) // LOOKED_AT)]
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
    if suffix in READERS:
        return lambda root, files: _contained(READERS[suffix], root, files)
    return lambda root, files: [_size(root, files)]


def _contained(reader: Callable[[Path], str], root: Path, files: Sequence[str]) -> list[str]:
    """One line for all that are alike."""
    counts: Counter[str] = Counter()
    for file in files[:FEWER]:
        try:
            counts[reader(root / file)] += 1
        except Exception:  # noqa: BLE001 (whatever a library raises for a damaged file; it is described, not used)
            counts["cannot be read as what its name says"] += 1
    lines = [f"{_files(range(count))}: {line}" for line, count in counts.most_common(KINDS)]
    return [*lines, *([f"{len(counts) - KINDS} more kinds"] if len(counts) > KINDS else [])]


def _files(files: Sequence[object]) -> str:
    return "1 file" if len(files) == 1 else f"{len(files)} files"


def _size(root: Path, files: Sequence[str]) -> str:
    return f"{_files(files)} of {span((root / file).stat().st_size for file in files)} bytes"


def _records(root: Path, files: Sequence[str]) -> list[str]:
    from app.datasets.headers import read_header  # noqa: PLC0415 (wfdb takes its time to be imported)

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
    heads: dict[bytes, list[str]] = {}
    for file in files:
        with (root / file).open("rb") as opened:
            heads.setdefault(opened.readline(LONGEST_HEADER), []).append(file)
    # Without a header the first line is data, and so another one in each.
    groups = list(heads.values()) if len(heads) <= KINDS else [list(files)]
    return [text for group in groups for text in _alike(root, group, -(-LOOKED_AT // len(groups)))]


def _alike(root: Path, files: list[str], most: int) -> list[str]:
    kinds: dict[str, list[_Table]] = {}
    looked = files[:: -(-len(files) // most)]
    for file in looked:
        table = read_table(root / file, file)
        kinds.setdefault(_columns(table), []).append(_looked_at(table))
    if len(kinds) == 1 and len(looked) < len(files):
        ((names, found),) = kinds.items()
        rows = f"{span(one.rows for one in found)} rows (in {len(found)} of them)"
        return [f"{_files(files)} with {rows}, columns {names}{_regularity(found)}"]
    texts = [
        f"{_files(found)} with {span(one.rows for one in found)} rows, columns {names}{_regularity(found)}"
        for names, found in kinds.items()
    ]
    return [*texts[:6], *([f"{len(texts) - 6} more kinds of columns"] if len(texts) > 6 else [])]


@dataclass(frozen=True)
class _Table:
    rows: int
    empty: int
    """Cells."""
    cells: int
    repeated: int
    """Rows that are the same as one before."""
    time: str
    steps: Steps | None


def _looked_at(table: Any) -> _Table:
    body = table.iloc[1:]
    place = next((place for place, name in enumerate(columns(table)) if is_time(name)), None)
    name = columns(table)[place] if place is not None else ""
    times = _pandas.to_numeric(body.iloc[:, place], errors="coerce").to_numpy() if place is not None else None
    return _Table(
        rows=len(body),
        empty=int((body == "").to_numpy().sum()),
        cells=int(body.size),
        repeated=int(body.duplicated().sum()),
        time=plain(name),
        steps=steps(times, name) if times is not None else None,
    )


def _regularity(found: list[_Table]) -> str:
    """What is told of several files of the same columns: missing cells, repeated rows, sampling."""
    empty, cells, repeated = (sum(getattr(one, name) for one in found) for name in ("empty", "cells", "repeated"))
    parts = [told([one.steps for one in found if one.steps], found[0].time)]
    parts += [f"{100 * empty / cells:.2g} % of the cells are empty"] if empty else []
    parts += [f"{repeated} rows are the same as one before"] if repeated else []
    return "".join(f"; {part}" for part in parts if part)


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
    times = [(name, found) for file in files for name, found in read_times(root / file, file).items()]
    names = list(dict.fromkeys(name for name, _ in times))
    sampled = [told([found for other, found in times if other == name], plain(name)) for name in names[:3]]
    return ["; ".join([f"NumPy file with {listed(arrays)}", *sampled])]


def _shape(shapes: Sequence[tuple[int, ...]]) -> str:
    return " x ".join(span(lengths) for lengths in zip(*shapes, strict=True)) or "single value"
