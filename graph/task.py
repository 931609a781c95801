"""The task: what a person asks for, in plain words, and how the answer is scored."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from graph.values import Direction
from sandbox.requirement import checked_requirement

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
FRACTIONS = frozenset({"f1", "sensitivity", "precision", "accuracy", "macro_f1"})
"""Metrics that lie between 0 and 1."""

Ablation = Literal["knowledge", "outline", "design", "improvement"]
Privacy = Literal["schema", "statistics", "none"]
MOST_MB = 1 << 24
"""16 TiB: more is a slip of the hand, and more than a kernel can count in bytes."""

MOST_PACKAGES = 100


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def is_own(scorer: str) -> bool:
    """Whether it is a Python file of the user's own."""
    return scorer.endswith(".py")


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

    def with_target(self, target: float | None) -> "Scoring":
        """The same, with another target where one is given. Raises ValueError for one that cannot be reached."""
        if target is None:
            return self
        try:
            return Scoring.model_validate(self.model_dump(exclude_unset=True) | {"target": target})
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error


class Constraints(Part):
    max_seconds: Annotated[float, Field(gt=0, le=86_400)] | None = None
    """One run of the program over a whole split, wall clock."""
    max_seconds_per_unit: Annotated[float, Field(gt=0, le=86_400)] | None = None
    """That time, for each unit that is predicted in it, on average."""
    platform: Literal["raspberry-pi-4", "jetson-nano", "small-x86"] | None = None
    """What it is written for: the sandbox has no more cores and memory than that."""
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


class Search(Part):
    """How candidates are come by."""

    policy: Literal["linear", "tree", "sample"] = "tree"
    """`linear`: one program, improved again and again. `tree`: a few drafts by different methods, then the most
    promising branch, a fresh draft where nothing helps any more, and at the end a merge of two branches; without
    scoring, where nothing tells which of them is better, as `linear`. `sample`: drafts alone, none of which knows of
    the others: what any search has to beat."""
    drafts: Annotated[int, Field(ge=1, le=20)] = 3
    """Of `tree`, with the first program."""
    patience: Annotated[int, Field(ge=1, le=200)] | None = None
    """After so many candidates in a row of which none leads, none is tried any more; none: all iterations."""
    at_once: Annotated[int, Field(ge=1, le=64)] | None = None
    """How many drafts are run beside each other; none: as many as the machine has CPUs for, each having its own."""
    style: Literal["modular", "whole"] = "modular"
    """How the first program is written after its design: function by function side by side, or in one piece."""


class Budget(Part):
    """What a run may cost; where it is spent, the run ends with the best program so far."""

    calls: Annotated[int, Field(ge=1)] | None = None
    """Questions to the model, those included whose answer was of no use."""
    tokens: Annotated[int, Field(ge=1)] | None = None
    """To the model and from it, together."""
    usd: Annotated[float, Field(gt=0)] | None = None
    """By the table of prices; a model that is not in there is refused."""
    minutes: Annotated[float, Field(gt=0)] | None = None
    """On the clock, in all attempts together; waiting for a person does not count."""


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
    search: Search = Search()
    tuning: Annotated[int, Field(ge=0, le=1000)] = 24
    """Values to try for the parameters of a program, each time, on train and without the model; 0: none."""
    budget: Budget = Budget()
    ablation: tuple[Ablation, ...] = ()
    """What a run does without, to see what it is worth: looking things up, the outline, the design, or all that comes
    after the first program."""
    model: str | None = None
    knowledge: tuple[str, ...] = ()
    """Files and folders to look things up in, relative to the task file, and names of kept collections."""
    privacy: Privacy = "schema"
    """What the model is told of the data: no values at all; also ranges and means; or nothing but what INPUT holds."""
    output_filter: bool = True
    """What looks like data in what a program prints does not go to the model."""

    @property
    def candidates(self) -> int:
        """How many may follow the first program."""
        return 0 if "improvement" in self.ablation else self.iterations

    @property
    def trials(self) -> int:
        """How many values to try each time; a sample is what the model's programs are by themselves."""
        return 0 if "improvement" in self.ablation or self.search.policy == "sample" else self.tuning

    @property
    def further_drafts(self) -> int:
        """How many drafts by other methods follow the first program in any case."""
        few = {"linear": 0, "tree": self.search.drafts - 1 if self.scoring else 0, "sample": self.candidates}
        return min(few[self.search.policy], self.candidates)

    @property
    def drafts_beside(self) -> int:
        """How many of these are written at the same time as the first program; those of a sample stand alone."""
        return self.further_drafts if self.search.policy == "tree" else 0

    @property
    def is_written_whole(self) -> bool:
        """The first program: without a design there is nothing to write function by function."""
        return self.search.style == "whole" or "design" in self.ablation

    @model_validator(mode="after")
    def _agree(self) -> "Task":
        if "knowledge" in self.ablation and self.knowledge:
            raise ValueError("ablation: [knowledge] and knowledge contradict each other; remove one")
        return self
