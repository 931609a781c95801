"""What a language model is told about the data: names, formats and schema, and no values.

The files themselves are looked at by `app.datasets.survey`; here they are listed and compared.
"""

import hashlib
from collections import Counter
from pathlib import Path

from app.datasets.dataset import Dataset
from app.datasets.description import ColumnLabels, FileLabels, RowLabels
from app.datasets.layout import CLASSES, LABELLED, UNLABELLED
from app.datasets.names import shown_files, shown_names
from app.datasets.records import BEATS
from app.datasets.schema import listed, plain
from app.datasets.survey import Survey
from app.datasets.truth import read_rows, truth_kind

MOST = 4000
LARGE = 20_000_000
"""Bytes of a file beyond which it is not compared with others."""


def parts(dataset: Dataset) -> tuple[str, ...]:
    """The folders of a laid-out one that are to be looked at each for itself."""
    return (LABELLED, UNLABELLED) if dataset.measured else ("",)


def describe(dataset: Dataset, target: Path, split: str | None, found: Survey | None) -> str:
    """Describe the laid-out folder `target` (paths relative to it) in at most about 4,000 characters.

    `found`: what a look at its files gave; none: as little as can be is told.

    Everything but the class names is read from what the program sees itself; the class names are those of
    the train split.

    Raises:
        DatasetInvalid: a label of the train split cannot be read.
    """
    if found is None:
        return _least(dataset, target, split)
    files = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    formats = "\n".join(["Formats:", *(f"- {line}" for line in found.formats)])
    values = "\n".join(["Values, over some of the files:", *found.values]) if found.values else ""
    blocks = [_about(dataset), _labels(dataset, split), _tree(files), formats, _repeated(target, files), values]
    text = "\n\n".join(block for block in blocks if block)
    return text if len(text) <= MOST else text[:MOST].rsplit("\n", 1)[0] + "\n(cut here)"


def _least(dataset: Dataset, target: Path, split: str | None) -> str:
    """What a program could not be written without: how many files of a kind there are, and how units are called."""
    suffixes = Counter(path.suffix.lower() or "without suffix" for path in target.rglob("*") if path.is_file())
    counts = ", ".join(f"{count} {plain(suffix)}" for suffix, count in sorted(suffixes.items()))
    parts = [_about(dataset), f"No more is to be told of the data than this. INPUT holds {counts} files."]
    if dataset.measured and split:
        parts.append(f"The unit that a file of unlabelled/ belongs to is {_unit_rule(dataset)}.")
    return "\n\n".join(parts)


def _about(dataset: Dataset) -> str:
    description = dataset.description
    return f"Dataset {plain(description.name)}. {description.about.strip()}".strip()


def _tree(files: list[str]) -> str:
    folders: dict[str, list[str]] = {}
    for file in files:
        folders.setdefault(str(Path(file).parent), []).append(Path(file).name)
    lines = [f"- {_folder(name)}: {_count(inside)}" for name, inside in list(folders.items())[:12]]
    more = [f"- and {len(folders) - 12} more folders like these"] if len(folders) > 12 else []
    return "\n".join(["Files under INPUT:", *lines, *more])


def _folder(name: str) -> str:
    return "INPUT/" if name == "." else f"INPUT/{plain(name)}/"


def _count(names: list[str]) -> str:
    suffixes = Counter(Path(name).suffix for name in names)
    counts = ", ".join(f"{count} {plain(suffix) or 'without suffix'}" for suffix, count in suffixes.items())
    return f"{counts} (such as {listed(names[:2])})"


def _repeated(target: Path, files: list[str]) -> str:
    """How many files are the same as another one; only of those of one size all bytes are read."""
    sizes: dict[int, list[Path]] = {}
    for file in files:
        sizes.setdefault((target / file).stat().st_size, []).append(target / file)
    alike = [path for size, found in sizes.items() if 0 < size <= LARGE and len(found) > 1 for path in found]
    digests = Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in alike)
    count = sum(number - 1 for number in digests.values())
    return f"Files that are the same as another one, byte by byte: {count}." if count else ""


def _labels(dataset: Dataset, split: str | None) -> str:
    labels = dataset.description.labels
    if labels is None or split is None:
        return "INPUT is the folder below. It has no labels."
    word = plain(dataset.description.unit)
    counts = [f"{len(dataset.of(part))} {word}s" for part in ("train", split)]
    return "\n".join(
        [
            f"INPUT/labelled/ holds {counts[0]} with inputs and labels to learn from; INPUT/unlabelled/ holds"
            f" {counts[1]} with inputs only, for which predictions are to be written.",
            _unit_names(dataset, split),
            f"Labels: {_given(labels, dataset)}",
            *([f"Classes in labelled/: {_balance(dataset)}."] if truth_kind(dataset) == "labels" else []),
        ]
    )


def _unit_names(dataset: Dataset, split: str) -> str:
    """The rule, and one file as an example: a rule alone is easily misread."""
    unit = dataset.of(split)[0]
    name = shown_names(dataset, split)[unit.name]
    file = next(iter(shown_files(dataset, unit, name)))
    rule = _unit_rule(dataset)
    return f"The unit that a file of unlabelled/ belongs to is {rule}: {plain(file)} is of unit {plain(name)!r}."


def _unit_rule(dataset: Dataset) -> str:
    pattern = dataset.description.unit_pattern
    rule = "its name without the last suffix"
    if dataset.description.class_per_unit:
        return rule + (", and without '-1', '-2' where a unit has several files of a kind" if pattern else "")
    return f"what group 'unit' of the regular expression {pattern} finds in its path there" if pattern else rule


def _given(labels: object, dataset: Dataset) -> str:
    if isinstance(labels, FileLabels) and labels.format == "wfdb":
        suffix = Path(labels.files).suffix
        return (
            f"one {suffix} file per {dataset.description.unit} in labelled/; wfdb.rdann(path without suffix,"
            f" '{suffix[1:]}') gives .sample and .symbol; the beats are those with symbol in {BEATS}."
        )
    if isinstance(labels, RowLabels):
        where = "the label files" if isinstance(labels, FileLabels) else "the CSV files"
        chosen = f" ({labels.files})" if labels.files else ""
        lacking = "; unlabelled/ lacks it" if isinstance(labels, ColumnLabels) else ""
        return f"column '{plain(str(labels.column))}' of {where}{chosen} in labelled/{lacking}. {_index(labels)}"
    return f"one class per unit, in labelled/{CLASSES} (columns unit,label)."


def _index(labels: RowLabels) -> str:
    if labels.window is None:
        return "One label per row; index is the 0-based row."
    middle = "most frequent class" if labels.value == "class" else "mean"
    return (
        f"One label per window of {labels.window} rows, the {middle} of its rows; index is the 0-based number"
        " of the window; windows do not overlap, and a last one that is short is dropped."
    )


def _balance(dataset: Dataset) -> str:
    """The classes of the train split, each with the number of its labels and of the units that have it."""
    labels, units = Counter[str](), Counter[str]()
    for unit in dataset.of("train"):
        found = [str(label) for label in read_rows(dataset, unit)]
        labels.update(found)
        units.update(set(found))
    word = plain(dataset.description.unit)
    each = "" if sum(labels.values()) == len(dataset.of("train")) else f" in {{}} {word}s"
    return listed(f"{plain(name)} ({labels[name]}{each.format(units[name])})" for name in sorted(labels))
