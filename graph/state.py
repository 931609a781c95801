"""What the state machine remembers between steps: references and small values, never long text.

Candidates that are done live in the archive (`ports.Versions`), so a checkpoint does not grow with the run.
"""

import operator
from typing import Annotated, Any, NotRequired, TypedDict


class Execution(TypedDict):
    output: str
    """Reference of what the program printed."""
    predictions: str
    """Reference of its predictions file; empty when it wrote none."""
    claim: dict[str, float]
    seconds: float
    peak_memory_mb: float
    peak_gpu_mb: NotRequired[float | None]
    pace: NotRequired[dict[str, float] | None]
    """As in `graph.values.Version`."""


class Candidate(TypedDict):
    """The program at hand. `source` is a reference into the artifact store."""

    version: int
    parent: int | None
    idea: str
    source: str
    repairs: int
    problem: str
    """Reference of what is wrong with it; empty when nothing is known to be."""
    wants_whole: bool
    """The last edits did not apply: the next repair has to give the whole file."""
    execution: Execution | None
    operator: NotRequired[str]
    """How it was made, as in `graph.values.Version`."""
    merged: NotRequired[int | None]
    """As in `graph.values.Version`."""
    quality: NotRequired[dict[str, int] | None]
    """What reading it says, as in `graph.values.Version`."""
    ahead: NotRequired[str]
    """Reference of how it ran before its turn, as the JSON of `graph.ran.Ran`; empty where it did not."""
    given_up: NotRequired[bool]
    """It is not to be repaired, whatever is wrong with it."""


class Best(TypedDict):
    version: int
    value: float | None


class Said(TypedDict):
    """What a person said, at one time."""

    text: str
    """Reference of the words; empty where there were none."""
    after: int
    """The last version then; 0 for none."""
    answer: NotRequired[dict[str, Any]]
    """To a question: `action`, and maybe `version` and `target`."""


class State(TypedDict):
    terms: list[str]
    documents: Annotated[list[str], operator.add]
    """References of what the search found."""
    looked_up: Annotated[list[str], operator.add]
    """References of what was found and kept, or not, and why: one for each term."""
    cited: Annotated[dict[str, str], operator.or_]
    """References of the passages that something rests on, by the name of a function, or `version N`."""
    outline: str
    design: str
    module_names: list[str]
    whole: bool
    """The first program is written in one piece, not module by module."""
    modules: Annotated[dict[str, str], operator.or_]
    """Reference of each module's source by its name."""
    beside: NotRequired[int]
    """How many drafts by other methods of the design are written beside the first program."""
    drafts: NotRequired[Annotated[dict[str, str], operator.or_]]
    """References of those that were not tried yet, as the JSON of `graph.drafts.Draft`, by their number from 1."""
    run_ahead: NotRequired[list[str]]
    """Numbers of those that are run beside the candidate, before their turn."""
    iteration: int
    """0 for the first program, then the number of the improvement."""
    candidate: Candidate | None
    best: Best | None
    asks_person: bool
    instruction: str
    """What a person answered after the last evaluation."""
    instructions: list[str]
    """References of what people said meanwhile and the next question to the model shall tell."""
    rules: NotRequired[Annotated[list[str], operator.add]]
    """References of what people said that code can check: it holds from then on."""
    said: NotRequired[Annotated[list[Said], operator.add]]
    """All of it, for the report."""
    heard: int
    """The number of the last of those that any step has taken up."""
    tuned: Annotated[list[str], operator.add]
    """References of the programs for whose parameters other values were tried, and of those that came of it."""
    tunings: int
    """How many of the iterations were that: they do not count as improvements."""
    following: str
    """The operator of the next candidate: `draft`, `improve` or `merge`."""
    back_to: NotRequired[tuple[int, int]]
    """The version that a person went back to, and the last one then: improvements are made from it and what comes of it
    from then on."""
    accepted: NotRequired[int]
    """The version that a person wants to have handed over."""
    target: NotRequired[float]
    """Enough, by a person's last word, in place of the task's."""
    simplified: NotRequired[bool]
    """The chosen program was to be written more simply, whatever came of it."""
    stopped_by: str
    """Why no further improvement is tried; empty while one may be."""
    test: dict[str, Any] | None
    """`{"metrics": ...}` or `{"problem": ...}`; None where nothing is measured."""
    draft_alone: dict[str, Any] | None
    """As `test`, and with its `version`: the best of the drafts, which any search has to beat."""
    pace: NotRequired[dict[str, float] | None]
    """`graph.values.Pace` of the chosen program on validation, as JSON; None where there is no telling."""
    document: str


def first_state(*, asks_person: bool) -> State:
    return State(
        terms=[],
        documents=[],
        looked_up=[],
        cited={},
        outline="",
        design="",
        module_names=[],
        whole=False,
        modules={},
        iteration=0,
        candidate=None,
        best=None,
        asks_person=asks_person,
        instruction="",
        instructions=[],
        rules=[],
        heard=0,
        tuned=[],
        tunings=0,
        following="improve",
        stopped_by="",
        test=None,
        draft_alone=None,
        document="",
    )
