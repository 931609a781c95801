"""What `dataset.yaml` says: the files, the labels and the split of a dataset."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from app.datasets.patterns import groups_of

Name = Annotated[str, Field(min_length=1)]
Value = Literal["class", "number"]


def _glob(text: str) -> str:
    parts = PurePosixPath(text).parts
    if not parts or text.startswith("/") or ".." in parts:
        raise ValueError("must be a pattern relative to the folder, without '..'")
    if any("**" in part and part != "**" for part in parts):
        raise ValueError("'**' must stand alone between slashes")
    return text


def _pattern(*, group: str) -> Callable[[str], str]:
    def valid(text: str) -> str:
        if group not in groups_of(text):
            raise ValueError(f"needs a group (?P<{group}>...)")
        return text

    return valid


def _no_repeats(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"lists {', '.join(twice)} more than once")
    return names


Glob = Annotated[str, AfterValidator(_glob)]
Names = Annotated[tuple[Name, ...], AfterValidator(_no_repeats)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileLabels(Part):
    """Every unit has a label file of its own."""

    kind: Literal["files"]
    files: Glob
    format: Literal["wfdb", "csv"]
    column: Name | None = None
    value: Value = "class"
    window: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _agrees(self) -> "FileLabels":
        if self.format == "csv" and self.column is None:
            raise ValueError("format csv needs the field 'column'")
        if self.format == "wfdb" and self.model_fields_set & {"column", "value", "window"}:
            raise ValueError("format wfdb takes none of 'column', 'value' and 'window'")
        return self


class ColumnLabels(Part):
    """The labels are a column of the unit's own CSV file."""

    kind: Literal["column"]
    column: Name
    files: Glob | None = None
    """Which of a unit's CSV files gives the labels, where several have the column."""
    value: Value = "class"
    window: Annotated[int, Field(ge=1)] | None = None


class FolderLabels(Part):
    """The name of the folder that holds the file is the class of the unit."""

    kind: Literal["folder"]


class NameLabels(Part):
    """The class of the unit is a part of its file's name."""

    kind: Literal["name"]
    pattern: Annotated[str, AfterValidator(_pattern(group="label"))]


RowLabels = FileLabels | ColumnLabels
Labels = Annotated[FileLabels | ColumnLabels | FolderLabels | NameLabels, Discriminator("kind")]


class ListedSplit(Part):
    train: Names
    validation: Names
    test: Names
    groups: dict[str, Name] = {}
    """Unit -> subject."""


Share = Annotated[float, Field(gt=0, lt=1)]


class SeededSplit(Part):
    seed: int
    train: Share
    validation: Share
    test: Share
    by: Literal["unit", "subject"] | None = None
    groups: dict[str, Name] = {}
    """Unit -> subject."""

    @model_validator(mode="after")
    def _adds_up(self) -> "SeededSplit":
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(f"train, validation and test must add up to 1, not {total:g}")
        return self


def _split_form(value: Any) -> str:
    entries = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    lists = any(isinstance(entry, list | tuple) for entry in entries.values())
    seeded = isinstance(value, SeededSplit) or "seed" in entries or "by" in entries
    return "seeded" if seeded or (entries and not lists) else "listed"


Split = Annotated[
    Annotated[ListedSplit, Tag("listed")] | Annotated[SeededSplit, Tag("seeded")], Discriminator(_split_form)
]


class Description(Part):
    """The content of `dataset.yaml`; without `labels` and `split` the dataset has no labels."""

    name: Name
    about: Annotated[str, Field(max_length=2000)] = ""
    unit: Name = "unit"
    inputs: Annotated[tuple[Glob, ...], Field(min_length=1)]
    unit_pattern: Annotated[str, AfterValidator(_pattern(group="unit"))] | None = None
    shared: tuple[Glob, ...] = ()
    labels: Labels | None = None
    split: Split | None = None

    @model_validator(mode="after")
    def _agrees(self) -> "Description":
        if (self.labels is None) != (self.split is None):
            given, lacking = ("split", "labels") if self.labels is None else ("labels", "split")
            raise ValueError(f"'{given}' is given without '{lacking}': give both, or neither")
        if isinstance(self.split, SeededSplit) and self.split.by == "subject" and not self.knows_subjects:
            raise ValueError("split.by: 'subject' needs a group (?P<subject>...) in unit_pattern, or groups")
        return self

    @property
    def knows_subjects(self) -> bool:
        in_pattern = self.unit_pattern is not None and "subject" in groups_of(self.unit_pattern)
        return in_pattern or bool(self.split and self.split.groups)

    @property
    def by_subject(self) -> bool:
        """Whether a subject's units have to stay together in one split."""
        asked = self.split.by if isinstance(self.split, SeededSplit) else None
        return self.knows_subjects if asked is None else asked == "subject"

    @property
    def class_per_unit(self) -> bool:
        """Whether a path tells the class, so that the program must not see the paths of the scored units."""
        return isinstance(self.labels, FolderLabels | NameLabels)
