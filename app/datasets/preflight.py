"""Looks for everything that would make a run with a dataset fail or its score worthless, all at once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePosixPath

from app.datasets.arrays import is_arrays, read_shapes
from app.datasets.dataset import Dataset, Unit, label_of
from app.datasets.description import FileLabels, SeededSplit
from app.datasets.layout import CLASSES, has_labels
from app.datasets.names import digest, refuse_rename
from app.datasets.reading import reading
from app.datasets.records import check_signal
from app.datasets.splits import SPLITS
from app.datasets.tables import has_column, is_table, read_table
from app.datasets.truth import Rows, read_rows, truth_kind
from graph.errors import DatasetInvalid


@dataclass(frozen=True)
class Findings:
    problems: tuple[str, ...]
    """What has to be mended first; one line each."""
    notes: tuple[str, ...]
    """What a person should know."""


def examine(dataset: Dataset) -> Findings:
    """Read the whole dataset once and say in plain words what is wrong with it."""
    if not dataset.folder.is_dir():
        return Findings(("there is no such folder",), ())
    if not dataset.units:
        return Findings((*_exposures(dataset), _nothing(dataset)), ())
    problems = [*_file_problems(dataset)]
    notes: list[str] = []
    if dataset.measured:
        rows = _Labels(dataset)
        problems += [*_exposures(dataset), *_unit_problems(dataset), *_split_problems(dataset)]
        problems += [*rows.problems, *_label_problems(dataset, rows.rows)]
        notes += [*_notes(dataset), *_label_notes(dataset, rows.rows)]
    return Findings(tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(notes)))


def _nothing(dataset: Dataset) -> str:
    if dataset.unnamed:
        return f"unit_pattern finds no unit in any file's path, such as {dataset.unnamed[0]}"
    empty = "" if any(dataset.folder.iterdir()) else "the folder is empty: "
    return f"{empty}no file matches inputs: {', '.join(dataset.description.inputs)}"


class _Labels:
    """The labels of every unit that is in a split, as far as they can be read."""

    def __init__(self, dataset: Dataset) -> None:
        self.rows: dict[str, Rows] = {}
        self.problems: list[str] = []
        for unit in _used(dataset):
            try:
                self.rows[unit.name] = read_rows(dataset, unit)
            except DatasetInvalid as error:
                self.problems.append(str(error))


def _used(dataset: Dataset) -> list[Unit]:
    names = {name for names in dataset.splits.values() for name in names}
    return [unit for unit in dataset.units if unit.name in names]


def _file_problems(dataset: Dataset) -> Iterator[str]:
    for unit in dataset.units:
        for path in unit.files:
            yield from _problem_of(dataset, unit, path)
        yield from _empty(dataset, unit.label_files)
    yield from _empty(dataset, dataset.shared)


def _problem_of(dataset: Dataset, unit: Unit, path: str) -> Iterator[str]:
    empty = list(_empty(dataset, [path]))
    if empty:
        yield from empty
        return
    try:
        _read(dataset, unit, path)
    except DatasetInvalid as error:
        yield str(error)


def _empty(dataset: Dataset, paths: tuple[str, ...] | list[str]) -> Iterator[str]:
    for path in paths:
        if dataset.path(path).stat().st_size == 0:
            yield f"{path} is empty"


def _read(dataset: Dataset, unit: Unit, path: str) -> None:
    if path.endswith(".hea"):
        check_signal(dataset, unit)
    elif is_table(path):
        read_table(dataset.path(path), path)
    elif is_arrays(path):
        read_shapes(dataset.path(path), path)
    else:
        with reading(path), dataset.path(path).open("rb"):
            pass


def _exposures(dataset: Dataset) -> Iterator[str]:
    for path in dataset.exposed:
        yield f"{path} is a label file, but inputs or shared match it too: make them narrower"
    for path in dataset.shared:
        if _shows_labels(dataset, path):
            yield f"the shared file {path} has the label column, and would show every label"
        if dataset.description.class_per_unit and path == CLASSES:
            yield f"the dataset has a file {CLASSES} of its own; give it another name"


def _shows_labels(dataset: Dataset, path: str) -> bool:
    try:
        return has_labels(dataset, path)
    except DatasetInvalid:
        return False


def _unit_problems(dataset: Dataset) -> Iterator[str]:
    for unit in dataset.units:
        yield from _doubles(dataset, unit)
        yield from _classes(dataset, unit)


def _doubles(dataset: Dataset, unit: Unit) -> Iterator[str]:
    if dataset.description.unit_pattern is not None:
        return
    for suffix, count in Counter(PurePosixPath(path).suffix for path in unit.files).items():
        if count > 1:
            files = [path for path in unit.files if PurePosixPath(path).suffix == suffix]
            yield f"{' and '.join(files)} claim the same unit '{unit.name}': add a unit_pattern"


def _classes(dataset: Dataset, unit: Unit) -> Iterator[str]:
    if not dataset.description.class_per_unit:
        return
    labels = {label_of(dataset.description, path) or "none" for path in unit.files}
    if len(labels) > 1:
        yield f"the files of unit '{unit.name}' tell several classes: {', '.join(sorted(labels))}"
    try:
        refuse_rename(unit)
    except DatasetInvalid as error:
        yield str(error)
    if CLASSES in unit.files:
        yield f"the dataset has a file {CLASSES} of its own; give it another name"


def _split_problems(dataset: Dataset) -> Iterator[str]:
    splits = dataset.splits
    for split, names in splits.items():
        if not names:
            yield f"split {split} is empty"
        yield from (
            f"split.{split} lists '{name}', of which there are no files" for name in names if not dataset.unit(name)
        )
    for one, other in combinations(SPLITS, 2):
        yield from (f"unit '{name}' is in {one} and in {other}" for name in sorted({*splits[one]} & {*splits[other]}))
    if not _divides_subjects(dataset):
        yield from _torn_subjects(dataset)


def _divides_subjects(dataset: Dataset) -> bool:
    """Whether the person asked for it."""
    split = dataset.description.split
    return isinstance(split, SeededSplit) and split.by == "unit"


def _torn_subjects(dataset: Dataset) -> Iterator[str]:
    where: dict[str, list[str]] = {}
    for split, names in dataset.splits.items():
        for subject in sorted({unit.subject for name in names if (unit := dataset.unit(name)) and unit.subject}):
            where.setdefault(subject, []).append(split)
    for subject, splits in where.items():
        if len(splits) > 1:
            yield f"subject '{subject}' is in {' and in '.join(splits)}: a program could recognise the person"


def _label_problems(dataset: Dataset, rows: dict[str, Rows]) -> Iterator[str]:
    kind = truth_kind(dataset)
    for split, names in dataset.splits.items():
        known = [rows[name] for name in names if name in rows]
        found = {value for values in known for value in values}
        if known and not found:
            yield f"split {split} has no {'beat' if kind == 'samples' else 'label'} at all"
        if kind == "labels" and len(found) == 1:
            yield f"split {split} has one class only: {found.pop()}"


def _notes(dataset: Dataset) -> Iterator[str]:
    used = {unit.name for unit in _used(dataset)}
    yield from (f"unit '{unit.name}' is in no split" for unit in dataset.units if unit.name not in used)
    yield from (f"{path} belongs to no unit, and is not given to the program" for path in dataset.unnamed)
    yield from _twins(dataset)
    yield from _same_columns(dataset)
    if _divides_subjects(dataset):
        yield from _torn_subjects(dataset)
    if dataset.description.class_per_unit:
        kinds = {tuple(sorted(PurePosixPath(path).suffix for path in unit.files)) for unit in dataset.units}
        if len(kinds) > 1:
            yield "units differ in the number or the suffixes of their files, which may give their class away"


def _same_columns(dataset: Dataset) -> Iterator[str]:
    """Inputs with a column of the label's name, which often is the label once more."""
    labels = dataset.description.labels
    if isinstance(labels, FileLabels) and labels.column:
        for path in (path for unit in _used(dataset) for path in unit.files if is_table(path)):
            if _has_column(dataset, path, labels.column):
                yield f"the input {path} has a column '{labels.column}', as the label files do: is it the label?"


def _has_column(dataset: Dataset, path: str, name: str) -> bool:
    try:
        return has_column(read_table(dataset.path(path), path), name)
    except DatasetInvalid:
        return False


def _twins(dataset: Dataset) -> Iterator[str]:
    """Units of two splits that hold the same bytes: their label can be looked up."""
    splits = {name: split for split, names in dataset.splits.items() for name in names}
    sizes: dict[int, list[Unit]] = {}
    for unit in _used(dataset):
        size = sum(dataset.path(path).stat().st_size for path in unit.files)
        sizes.setdefault(size, []).append(unit)
    same: dict[str, list[Unit]] = {}
    for unit in (unit for units in sizes.values() if len(units) > 1 for unit in units):
        same.setdefault(digest(dataset, unit), []).append(unit)
    for units in same.values():
        if len({splits[unit.name] for unit in units}) > 1:
            yield f"units of different splits hold the same bytes: {', '.join(unit.name for unit in units)}"


def _label_notes(dataset: Dataset, rows: dict[str, Rows]) -> Iterator[str]:
    if not isinstance(dataset.description.labels, FileLabels) or truth_kind(dataset) != "samples":
        yield from (f"unit '{name}' is shorter than one window" for name, values in rows.items() if not values)
    else:
        yield from (f"unit '{name}' has no beats" for name, values in rows.items() if not values)
    if truth_kind(dataset) == "labels":
        yield from _unseen(dataset, rows)


def _unseen(dataset: Dataset, rows: dict[str, Rows]) -> Iterator[str]:
    seen = {split: {value for name in names for value in rows.get(name, [])} for split, names in dataset.splits.items()}
    for split in ("validation", "test"):
        for label in sorted(map(str, seen[split] - seen["train"])):
            yield f"class {label} is in {split}, but not in train"
