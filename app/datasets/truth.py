"""Reads the labels that a program never sees."""

import math
from collections import Counter
from itertools import islice
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

from app.datasets.dataset import Dataset, Unit
from app.datasets.description import ColumnLabels, FileLabels, RowLabels, Value
from app.datasets.names import shown_names
from app.datasets.records import header_of, label_file, read_beats
from app.datasets.tables import column, has_column, is_table, read_table
from graph.errors import DatasetInvalid
from graph.scoring.base import Kind, Truth

Rows = list[int] | list[str] | list[float]
_FIELDS: dict[Kind, str] = {"samples": "sample", "labels": "label", "values": "value"}
_TYPES: dict[Kind, str] = {"samples": "int64", "labels": "str", "values": "float64"}


def read_truth(dataset: Dataset, split: str) -> Truth:
    """The labels of a split, under the names that the program sees its units by.

    Raises:
        DatasetInvalid: a label is missing or broken; one line says where.
    """
    units = dataset.of(split)
    shown = shown_names(dataset, split)
    kind = truth_kind(dataset)
    rows = {shown[unit.name]: read_rows(dataset, unit) for unit in units}
    headers = {shown[unit.name]: header_of(dataset, unit)[1] for unit in units if kind == "samples"}
    return Truth(
        kind=kind,
        frame=_frame(kind, rows, indexed=kind != "samples" and not dataset.description.class_per_unit),
        units=tuple(rows),
        rates={name: header.rate for name, header in headers.items()},
        lengths={name: header.length for name, header in headers.items()},
    )


def truth_kind(dataset: Dataset) -> Kind:
    labels = dataset.description.labels
    if isinstance(labels, FileLabels) and labels.format == "wfdb":
        return "samples"
    is_number = isinstance(labels, RowLabels) and labels.value == "number"
    return "values" if is_number else "labels"


def read_rows(dataset: Dataset, unit: Unit) -> Rows:
    """The labels of one unit in order: beats, or a class or number per row, window or unit.

    Raises:
        DatasetInvalid: one is missing or broken.
    """
    labels = dataset.description.labels
    if isinstance(labels, FileLabels) and labels.format == "wfdb":
        return read_beats(dataset, unit)
    if isinstance(labels, RowLabels):
        relative, cells = _cells(dataset, unit, labels)
        return _windows(_values(cells, labels.value, relative), labels.window)
    return [class_of(unit)]


def class_of(unit: Unit) -> str:
    """The class of a unit; raises DatasetInvalid where the paths of its files tell none, or several."""
    if unit.label is None:
        raise DatasetInvalid(
            f"unit '{unit.name}' has no class: {unit.files[0]} tells none, or another file tells another"
        )
    return unit.label


def _cells(dataset: Dataset, unit: Unit, labels: RowLabels) -> tuple[str, list[str]]:
    relative = _label_table(dataset, unit, labels)
    if not is_table(relative):
        raise DatasetInvalid(f"{relative} is no .csv or .tsv file")
    return relative, column(read_table(dataset.path(relative), relative), str(labels.column), relative)


def _label_table(dataset: Dataset, unit: Unit, labels: RowLabels) -> str:
    if isinstance(labels, FileLabels):
        return label_file(unit)
    chosen = unit.files if labels.files is None else unit.label_files
    found = [path for path in chosen if is_table(path)]
    if len(found) > 1:
        found = [path for path in found if _has(dataset, path, labels)]
    if len(found) != 1:
        raise DatasetInvalid(_not_one(unit, labels, found))
    return found[0]


def _has(dataset: Dataset, path: str, labels: ColumnLabels) -> bool:
    return has_column(read_table(dataset.path(path), path), labels.column)


def _not_one(unit: Unit, labels: ColumnLabels, found: list[str]) -> str:
    if found:
        files = " and ".join(found)
        return f"{unit.name}: column '{labels.column}' is in {files}: say in labels.files which counts"
    return f"{unit.name} has no CSV file with a column '{labels.column}'"


def _values(cells: list[str], value: Value, relative: str) -> list[str] | list[float]:
    for place, cell in enumerate(cells):
        if not cell.strip():
            raise DatasetInvalid(f"{relative} has no label in row {place} (counted from 0)")
    if value == "class":
        return [cell.strip() for cell in cells]
    return [_number(cell, place, relative) for place, cell in enumerate(cells)]


def _number(cell: str, place: int, relative: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DatasetInvalid(f"{relative} has no finite number as label in row {place} (counted from 0)")
    return number


def _windows(values: Any, window: int | None) -> Any:
    """One label per window: the mean, or the majority, and of equals the one that comes first."""
    if window is None:
        return values
    whole = range(0, len(values) - window + 1, window)
    return [_middle(list(islice(values, start, start + window))) for start in whole]


def _middle(values: list[Any]) -> Any:
    if isinstance(values[0], float):
        return math.fsum(values) / len(values)
    return Counter(values).most_common(1)[0][0]


def _frame(kind: Kind, rows: dict[str, Rows], *, indexed: bool) -> pd.DataFrame:
    table: Any = {"unit": [name for name, values in rows.items() for _ in values]}
    if indexed:
        table["index"] = [place for values in rows.values() for place in range(len(values))]
    table[_FIELDS[kind]] = [value for values in rows.values() for value in values]
    types = {"unit": "str", "index": "int64", _FIELDS[kind]: _TYPES[kind]}
    frame: Any = pd.DataFrame(table)
    return frame.astype({name: types[name] for name in table})
