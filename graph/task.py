"""The task: what a person asks for, in plain words, and how the answer is scored."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, FailFast, Field, StringConstraints, model_validator

from graph.values import Direction
from sandbox.requirement import checked_requirement

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
FRACTIONS = frozenset({"f1", "sensitivity", "precision", "accuracy", "macro_f1"})
"""Metrics that lie between 0 and 1."""

MOST_MB = 1 << 24
"""16 TiB: more is a slip of the hand, and more than a kernel can count in bytes."""

MOST_PACKAGES = 100


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scoring(Part):
    scorer: Words
    """`r_peaks`, `classification`, `regression`, or a Python file of the user's own beside the task file."""
    metric: Words
    direction: Direction
    target: float | None = None
    """Enough: the run stops improving when validation reaches it."""
    tolerance_ms: Annotated[float, Field(gt=0, le=1000)] = 100.0
    """`r_peaks` only: how far a found peak may be from its reference beat."""

    @model_validator(mode="after")
    def _agree(self) -> "Scoring":
        if self.target is not None and self.metric in FRACTIONS and not 0 < self.target <= 1:
            raise ValueError(f"target {self.target:g}: {self.metric} lies between 0 and 1; write e.g. 0.99")
        if "tolerance_ms" in self.model_fields_set and self.scorer != "r_peaks":
            raise ValueError("tolerance_ms belongs to the scorer r_peaks; remove it")
        return self


class Constraints(Part):
    max_seconds: Annotated[float, Field(gt=0, le=86_400)] | None = None
    """One run of the program over a whole split, wall clock."""
    max_memory_mb: Annotated[int, Field(ge=64, le=MOST_MB)] | None = None
    max_program_kb: Annotated[float, Field(gt=0)] | None = None
    # FailFast: reading a requirement takes long enough that a list of many wrong ones would hold up a server.
    packages: Annotated[
        tuple[Annotated[str, AfterValidator(checked_requirement)], ...], Field(max_length=MOST_PACKAGES), FailFast()
    ] = ()
    """What programs may import beyond the packages of every sandbox; `autoiot images build` prepares them."""
    device: Literal["cpu", "gpu"] = "cpu"
    """`gpu`: each run of the program has one for itself."""
    max_gpu_memory_mb: Annotated[int, Field(ge=64, le=MOST_MB)] | None = None
    """Of that device."""

    @model_validator(mode="after")
    def _agree(self) -> "Constraints":
        if self.max_gpu_memory_mb is not None and self.device != "gpu":
            raise ValueError("max_gpu_memory_mb belongs to device: gpu; add that or remove it")
        return self


class Task(Part):
    name: Words
    target: Words
    remarks: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)] = ""
    input: Words
    output: Words
    dataset: str | None = None
    """The folder, relative to the task file; `--dataset` goes before it."""
    scoring: Scoring | None = None
    """Without it nothing is measured: the run is marked as claimed."""
    constraints: Constraints = Constraints()
    iterations: Annotated[int, Field(ge=0, le=200)] = 5
    model: str | None = None
    knowledge: tuple[str, ...] = ()
    """Files and folders (Markdown or text) to look things up in, relative to the task file."""
