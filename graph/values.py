"""The values that nodes exchange: small, frozen, JSON in and out."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Direction = Literal["maximize", "minimize"]
Split = Literal["validation", "test", "fold1", "fold2"]
FOLDS: tuple[Split, ...] = ("fold1", "fold2")
"""The two halves of train: where one is scored, programs have the other one to learn from."""


@dataclass(frozen=True)
class Measurement:
    """What a scorer found by comparing predictions with labels that the program never had."""

    metrics: dict[str, float]
    """Over all units of the split together, by name; NaN where a metric is not defined."""
    units: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    """The same per unit, as far as the scorer gives them."""


@dataclass(frozen=True)
class Pace:
    """How long a program takes, in two parts."""

    start: float
    """Seconds before it predicts anything: start and learning."""
    per_unit: float
    """Seconds for each unit that it predicts."""


@dataclass(frozen=True)
class Version:
    """One candidate that was written, whatever became of it."""

    version: int
    parent: int | None
    idea: str
    source: str
    """Reference of the program text in the artifact store, as are `diff`, `predictions`, `output`, `units`."""
    status: Literal["ok", "failed"]
    problem: str = ""
    """Why it failed: one line."""
    diff: str = ""
    predictions: str = ""
    output: str = ""
    units: str = ""
    validation: dict[str, float] | None = None
    claim: dict[str, float] = field(default_factory=dict[str, float])
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    peak_gpu_mb: float | None = None
    """Of the GPU that it had for itself, if any."""
    pace: dict[str, float] | None = None
    """`Pace` as JSON, where a limit made it worth a second run."""
    lines: int = 0
    repairs: int = 0
    operator: str = ""
    """How it was made: `draft`, `improve`, `merge`, `tune` or `simplify`; empty where that was not kept."""
    merged: int | None = None
    """Of a merge, the version that was merged into its parent."""
    runs: int = 1
    """How many runs `validation` and `units` are the mean of: one that leads is run again, where it may be random."""
    spread: float | None = None
    """Standard deviation of the metric that counts over these runs; None where there was one run alone."""
    quality: dict[str, int] | None = None
    """What reading it says: `graph.quality.Quality` as JSON."""
    against_parent: dict[str, Any] | None = None
    """How it compares with the one that it was made from: `graph.comparison.Comparison` as JSON."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
