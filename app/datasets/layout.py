"""Lays out the folder that a program reads: labelled train units, and the inputs of the scored split."""

import os
import shutil
import tempfile
from pathlib import Path

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

from app.datasets.dataset import Dataset, Unit
from app.datasets.description import ColumnLabels
from app.datasets.names import shown_files, shown_names
from app.datasets.tables import has_column, is_table, read_table, write_without
from app.datasets.truth import class_of
from graph.errors import DatasetInvalid

LABELLED, UNLABELLED, CLASSES = "labelled", "unlabelled", "labels.csv"
MOMENT = 946684800
"""All files are of 2000-01-01, since a time could tell the class or the order of recording."""


def lay_out(dataset: Dataset, split: str | None, target: Path) -> Path:
    """Copy into `target` what a program may see when `split` is scored; give `target` back.

    The labels of `split` are not in it. A dataset without labels is copied as it is, `split` being None.
    A `target` that has content is complete, since it appears under its name only when it is; it is kept.

    Raises:
        DatasetInvalid: a file cannot be read or would carry a label, or train and `split` share a unit.
    """
    if target.is_dir() and any(target.iterdir()):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        _fill(dataset, split, part)
        _settle(part)
        _publish(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _publish(part: Path, target: Path) -> None:
    try:
        part.rename(target)
    except OSError:
        # Another worker was faster with the same layout.
        if not (target.is_dir() and any(target.iterdir())):
            raise


def _fill(dataset: Dataset, split: str | None, root: Path) -> None:
    if not dataset.units:
        raise DatasetInvalid("the dataset has no files")
    if not dataset.measured:
        _copy_all(dataset, [*(path for unit in dataset.units for path in unit.files), *dataset.shared], root)
    elif split is None:
        raise DatasetInvalid("a dataset with labels is laid out for one split")
    else:
        _refuse_leaks(dataset, split)
        _fill_labelled(dataset, root / LABELLED)
        _fill_unlabelled(dataset, split, root / UNLABELLED)


def _refuse_leaks(dataset: Dataset, split: str) -> None:
    both = {unit.name for unit in dataset.of("train")} & {unit.name for unit in dataset.of(split)}
    if both:
        raise DatasetInvalid(f"unit '{min(both)}' is in train and in {split}: its label would be shown")
    for relative in dataset.shared:
        if has_labels(dataset, relative):
            raise DatasetInvalid(f"the shared file {relative} has the label column")
    if isinstance(dataset.description.labels, ColumnLabels):
        for unit in dataset.of(split):
            _refuse_label_elsewhere(dataset, unit)


def _refuse_label_elsewhere(dataset: Dataset, unit: Unit) -> None:
    """A label that is not in the column could be somewhere else, and be shown."""
    if not any(has_labels(dataset, path) for path in unit.files):
        raise DatasetInvalid(f"{unit.name} has no CSV file with the label column")


def has_labels(dataset: Dataset, relative: str) -> bool:
    """Whether a file is a CSV file with the label column."""
    labels = dataset.description.labels
    return (
        isinstance(labels, ColumnLabels)
        and is_table(relative)
        and has_column(read_table(dataset.path(relative), relative), labels.column)
    )


def _fill_labelled(dataset: Dataset, root: Path) -> None:
    root.mkdir()
    units = dataset.of("train")
    files = [path for unit in units for path in (*unit.files, *unit.label_files)]
    _copy_all(dataset, [*files, *dataset.shared], root)
    if dataset.description.class_per_unit:
        _write_classes(units, root / CLASSES)


def _write_classes(units: tuple[Unit, ...], path: Path) -> None:
    if path.exists():
        raise DatasetInvalid(f"the dataset has a file {CLASSES} of its own; give it another name")
    rows = [(unit.name, class_of(unit)) for unit in units]
    pd.DataFrame(rows, columns=["unit", "label"]).to_csv(path, index=False)  # pyright: ignore[reportUnknownMemberType]


def _fill_unlabelled(dataset: Dataset, split: str, root: Path) -> None:
    root.mkdir()
    names = shown_names(dataset, split)
    files: dict[str, str] = {path: path for path in dataset.shared}
    for unit in dataset.of(split):
        files |= shown_files(dataset, unit, names[unit.name])
    # In the order of the shown names: the order of copying can be read off a file system.
    for shown in sorted(files):
        _copy_input(dataset, files[shown], _place(root, shown))


def _copy_input(dataset: Dataset, relative: str, place: Path) -> None:
    labels = dataset.description.labels
    if isinstance(labels, ColumnLabels) and is_table(relative):
        table = read_table(dataset.path(relative), relative)
        if has_column(table, labels.column):
            write_without(table, labels.column, place)
            return
    _copy(dataset, relative, place)


def _copy_all(dataset: Dataset, files: list[str], root: Path) -> None:
    for relative in sorted(set(files)):
        _copy(dataset, relative, _place(root, relative))


def _copy(dataset: Dataset, relative: str, place: Path) -> None:
    try:
        shutil.copyfile(dataset.path(relative), place)
    except OSError as error:
        raise DatasetInvalid(f"{relative} cannot be copied: {error.strerror or error}") from None


def _place(root: Path, relative: str) -> Path:
    place = root / relative
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _settle(root: Path) -> None:
    """Give everything below `root` the same rights and time, deepest first."""
    for folder, _, files in os.walk(root, topdown=False):
        for file in files:
            path = Path(folder, file)
            path.chmod(0o644)
            os.utime(path, (MOMENT, MOMENT))
        Path(folder).chmod(0o755)
        os.utime(folder, (MOMENT, MOMENT))
