"""A folder of recordings, cut into units that are split for training and scoring."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from app.datasets.description import (
    Description,
    FileLabels,
    FolderLabels,
    ListedSplit,
    NameLabels,
    RowLabels,
    SeededSplit,
)
from app.datasets.document import read_description
from app.datasets.files import DESCRIPTION, find, inside
from app.datasets.patterns import named_in
from app.datasets.splits import SPLITS, deal
from graph.errors import DatasetInvalid

HALVING = 1
"""The seed by which train is halved."""


@dataclass(frozen=True)
class Unit:
    """What is split, predicted and scored as one: a record, a session, a subject."""

    name: str
    subject: str | None
    files: tuple[str, ...]
    """Inputs: paths relative to the folder."""
    label: str | None = None
    """Its class, where the paths of all its files tell the same one."""
    label_files: tuple[str, ...] = ()
    """Files that `labels.files` matches: never inputs, unless the labels are a column of them."""


@dataclass(frozen=True)
class Dataset:
    folder: Path
    description: Description
    units: tuple[Unit, ...] = ()
    splits: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Names of the units of `train`, `validation` and `test`, as listed or dealt; empty without labels."""
    shared: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    """Files whose path names no unit; nobody gets them."""
    exposed: tuple[str, ...] = ()
    """Label files that `inputs` or `shared` matches as well; they are treated as labels alone."""

    @property
    def measured(self) -> bool:
        return self.description.labels is not None

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        return {unit.name: unit for unit in self.units}

    def unit(self, name: str) -> Unit | None:
        return self._by_name.get(name)

    def of(self, split: str) -> tuple[Unit, ...]:
        """The units of a split.

        Raises:
            DatasetInvalid: there is no such split, or it lists a unit that has no files.
        """
        names = self.splits.get(split)
        if names is None:
            raise DatasetInvalid(f"the dataset has no split '{split}'")
        return tuple(self._known(split, name) for name in names)

    def _known(self, split: str, name: str) -> Unit:
        unit = self.unit(name)
        if unit is None or not unit.files:
            raise DatasetInvalid(f"split.{split} lists '{name}', of which there are no files")
        return unit

    def path(self, relative: str) -> Path:
        """Where a file of the dataset really lies; raises DatasetInvalid where that is outside."""
        return inside(self.folder, self.folder / relative)


def open_dataset(folder: Path, description: Path | None = None) -> Dataset:
    """Look at a dataset's folder; reads names of files, not their content.

    `description` is a file like `dataset.yaml`; without it, that of the folder counts, and where there is
    none all files are taken and the dataset has no labels. A folder that is missing has no units.

    Raises:
        DatasetInvalid: the description is wrong, or a link leaves the folder.
    """
    folder = folder.resolve()
    source = description or folder / DESCRIPTION
    if description is None and not source.exists():
        return _gather(folder, Description(name=folder.name or "data", inputs=("**/*",)), source)
    return _gather(folder, read_description(source), source)


def halved(dataset: Dataset, folds: Sequence[str]) -> dict[str, Dataset]:
    """For each of two `folds` the dataset in which it is a half of `train`, and `train` the other half.

    What belongs together stays together, as in the splits themselves. Empty where train is one piece.
    """
    groups = _groups(dataset.description, dataset.of("train")) if dataset.measured else {}
    if len(groups) < 2:
        return {}
    halves = deal(groups, dict.fromkeys(folds, 0.5), HALVING)
    first, second = folds
    return {
        scored: replace(dataset, splits={"train": halves[other], scored: halves[scored]})
        for scored, other in ((first, second), (second, first))
    }


def first_of(dataset: Dataset, split: str) -> Dataset:
    """The dataset with a single unit in `split`, the first one. Raises DatasetInvalid where there is no such split."""
    return replace(dataset, splits={**dataset.splits, split: tuple(unit.name for unit in dataset.of(split)[:1])})


def label_of(description: Description, path: str) -> str | None:
    """The class that the path of a file tells, where paths tell classes."""
    place = PurePosixPath(path)
    if isinstance(description.labels, FolderLabels):
        return place.parent.name or None
    if isinstance(description.labels, NameLabels):
        return named_in(description.labels.pattern, place.name).get("label")
    return None


def _gather(folder: Path, description: Description, source: Path) -> Dataset:
    labels = _label_files(folder, description)
    apart = isinstance(description.labels, FileLabels)
    secret = {inside(folder, folder / path) for path in labels} if apart else set[Path]()
    shared, inputs = (_open(folder, globs, source) for globs in (description.shared, description.inputs))
    exposed = {path for path in (*shared, *inputs) if inside(folder, folder / path) in secret}
    shared = tuple(path for path in shared if path not in exposed)
    inputs = tuple(path for path in inputs if path not in {*exposed, *shared})
    units, unnamed = _units(description, inputs, labels)
    return Dataset(
        folder=folder,
        description=description,
        units=units,
        splits=_splits(description, units),
        shared=shared,
        unnamed=unnamed,
        exposed=tuple(sorted(exposed)),
    )


def _open(folder: Path, globs: Iterable[str], source: Path) -> tuple[str, ...]:
    real = source.resolve()
    return tuple(path for path in find(folder, globs) if inside(folder, folder / path) != real)


def _label_files(folder: Path, description: Description) -> tuple[str, ...]:
    labels = description.labels
    if isinstance(labels, RowLabels) and labels.files is not None:
        return find(folder, [labels.files])
    return ()


def _units(
    description: Description, inputs: Iterable[str], labels: Iterable[str]
) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """The units, and the files that belong to none."""
    files = _by_unit(description, inputs)
    label_files = _by_unit(description, labels)
    unnamed = files.pop(None, [])
    units = [
        Unit(
            name=name,
            subject=_named(description, files[name][0])[1],
            files=tuple(files[name]),
            label=_common({label_of(description, path) for path in files[name]}),
            label_files=tuple(label_files.get(name, ())),
        )
        for name in sorted(name for name in files if name)
    ]
    return tuple(units), tuple(unnamed)


def _common(labels: set[str | None]) -> str | None:
    return labels.pop() if len(labels) == 1 else None


def _by_unit(description: Description, paths: Iterable[str]) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for path in paths:
        found.setdefault(_named(description, path)[0], []).append(path)
    return found


def _named(description: Description, path: str) -> tuple[str | None, str | None]:
    """Unit and subject of a file."""
    groups = description.split.groups if description.split else {}
    if description.unit_pattern is None and description.labels is None:
        # Nothing refers to a unit's name here, and files of one name in two folders are no contradiction.
        return str(PurePosixPath(path).with_suffix("")), None
    if description.unit_pattern is None:
        stem = PurePosixPath(path).stem
        return stem, groups.get(stem)
    found = named_in(description.unit_pattern, path)
    unit = found.get("unit")
    return (unit, groups.get(unit, found.get("subject"))) if unit else (None, None)


def _splits(description: Description, units: tuple[Unit, ...]) -> dict[str, tuple[str, ...]]:
    split = description.split
    if isinstance(split, ListedSplit):
        return {name: getattr(split, name) for name in SPLITS}
    if isinstance(split, SeededSplit):
        return deal(_groups(description, units), {name: getattr(split, name) for name in SPLITS}, split.seed)
    return {}


def _groups(description: Description, units: tuple[Unit, ...]) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for unit in units:
        # The kinds are kept apart, so that a unit without a subject never joins a subject of its name.
        group = f"subject {unit.subject}" if description.by_subject and unit.subject else f"unit {unit.name}"
        groups.setdefault(group, {})[unit.name] = unit.label or ""
    return groups
