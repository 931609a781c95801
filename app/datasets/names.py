"""What the units of the scored split are called: the one place that decides it, for layout and truth."""

import hashlib
from collections import Counter
from pathlib import PurePosixPath

from app.datasets.dataset import Dataset, Unit
from app.datasets.reading import reading
from graph.errors import DatasetInvalid


def shown_names(dataset: Dataset, split: str) -> dict[str, str]:
    """Unit -> its name under `unlabelled/`.

    Where a path tells the class, the name is drawn from the content of the unit's files instead.

    Raises:
        DatasetInvalid: there is no such split, or a unit cannot be renamed.
    """
    units = dataset.of(split)
    if not dataset.description.class_per_unit:
        return {unit.name: unit.name for unit in units}
    for unit in units:
        refuse_rename(unit)
    return _apart({unit.name: digest(dataset, unit) for unit in units})


def shown_files(dataset: Dataset, unit: Unit, name: str) -> dict[str, str]:
    """Path under `unlabelled/` -> path in the dataset, for a unit that is shown as `name`."""
    if not dataset.description.class_per_unit:
        return {path: path for path in unit.files}
    suffixes = [PurePosixPath(path).suffix for path in unit.files]
    shown: dict[str, str] = {}
    for place, (path, suffix) in enumerate(zip(unit.files, suffixes, strict=True)):
        number = f"-{suffixes[: place + 1].count(suffix)}" if suffixes.count(suffix) > 1 else ""
        shown[f"{name}{number}{suffix}"] = path
    return shown


def refuse_rename(unit: Unit) -> None:
    """Raises DatasetInvalid where a unit's files cannot go by another name."""
    if any(path.endswith(".hea") for path in unit.files):
        raise DatasetInvalid(
            f"{unit.name} is a WFDB record, whose header names its files: it cannot be renamed to hide its"
            " class, so use labels.kind files or column"
        )
    suffixes = {PurePosixPath(path).suffix[1:].casefold() for path in unit.files}
    if unit.label is not None and unit.label.casefold() in suffixes:
        raise DatasetInvalid(f"{unit.name} has its class as the suffix of its file, which has to stay")


def digest(dataset: Dataset, unit: Unit) -> str:
    """Ten hexadecimal digits that depend on the content of a unit's files alone."""
    whole = hashlib.sha256()
    for path in unit.files:
        with reading(path), dataset.path(path).open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:10]


def _apart(digests: dict[str, str]) -> dict[str, str]:
    seen: Counter[str] = Counter()
    names: dict[str, str] = {}
    for unit, digest in digests.items():
        seen[digest] += 1
        names[unit] = digest if seen[digest] == 1 else f"{digest}_{seen[digest]}"
    return names
