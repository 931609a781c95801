"""What a language model is told about the data: names, formats and schema, and no values."""

from collections import Counter
from pathlib import Path

from app.datasets.dataset import Dataset
from app.datasets.description import ColumnLabels, FileLabels, RowLabels
from app.datasets.layout import CLASSES, LABELLED, UNLABELLED
from app.datasets.names import shown_files, shown_names
from app.datasets.records import BEATS
from app.datasets.schema import listed, plain, schema
from app.datasets.truth import read_rows, truth_kind

MOST = 4000


def describe(dataset: Dataset, target: Path, split: str | None) -> str:
    """Describe the laid-out folder `target` (paths relative to it) in at most about 4,000 characters.

    Everything but the class names is read from what the program sees itself; the class names are those of
    the train split.

    Raises:
        DatasetInvalid: a label of the train split cannot be read.
    """
    files = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    blocks = [_about(dataset), _labels(dataset, split), _tree(files), _formats(dataset, target, files)]
    text = "\n\n".join(block for block in blocks if block)
    return text if len(text) <= MOST else text[:MOST].rsplit("\n", 1)[0] + "\n(cut here)"


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


def _formats(dataset: Dataset, target: Path, files: list[str]) -> str:
    lines = ["Formats:"]
    for part in (LABELLED, UNLABELLED) if dataset.measured else ("",):
        inside = [file for file in files if file.startswith(f"{part}/" if part else "")]
        lines += [f"- {part}{' ' if part else ''}{line}" for line in schema(target, inside)]
    return "\n".join(lines)


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
            *([f"Classes in labelled/: {listed(_classes(dataset))}."] if truth_kind(dataset) == "labels" else []),
        ]
    )


def _unit_names(dataset: Dataset, split: str) -> str:
    """The rule, and one file as an example: a rule alone is easily misread."""
    pattern = dataset.description.unit_pattern
    rule = "its name without the last suffix"
    if dataset.description.class_per_unit:
        rule += ", and without '-1', '-2' where a unit has several files of a kind" if pattern else ""
    elif pattern:
        rule = f"what group 'unit' of the regular expression {pattern} finds in its path there"
    unit = dataset.of(split)[0]
    name = shown_names(dataset, split)[unit.name]
    file = next(iter(shown_files(dataset, unit, name)))
    return f"The unit that a file of unlabelled/ belongs to is {rule}: {plain(file)} is of unit {plain(name)!r}."


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


def _classes(dataset: Dataset) -> list[str]:
    return sorted({str(label) for unit in dataset.of("train") for label in read_rows(dataset, unit)})
