"""Failures of ours, each with one line that a user can act on.

AutoiotError
├── TaskInvalid          the task file contradicts itself or lacks something
├── DatasetInvalid       the dataset cannot be used as it is
├── ScorerRefused        the scorer fails its self-test, or is unknown
├── RunFailed            the run stopped; it can be resumed
│   ├── ReplyUnusable    the model's reply does not hold what was asked for
│   ├── ModelFailed      the model's server refused or did not answer
│   ├── RecordingMiss    the recording has no such call
│   └── BudgetSpent      no more may be asked
└── RunUnknown           no such run

`PredictionsInvalid` is none of these: it is the fault of the generated program, and food for debugging.
"""


class AutoiotError(Exception):
    """Something went wrong on our side."""

    others: tuple[str, ...] = ()
    """What else went wrong, where that can be put right at once: a line each."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class TaskInvalid(AutoiotError):
    """The task cannot be run as it is written."""


class DatasetInvalid(AutoiotError):
    """The dataset cannot be used as it is."""


class ScorerRefused(AutoiotError):
    """The scorer cannot tell good predictions from bad ones."""


class RunFailed(AutoiotError):
    """The run stopped."""


class ReplyUnusable(RunFailed):
    """The model's reply does not hold what was asked for."""


class ModelFailed(RunFailed):
    """The model did not answer."""


class RecordingMiss(RunFailed):
    """The recording has no such call."""


class BudgetSpent(RunFailed):
    """The budget of the run is spent."""


class RunUnknown(AutoiotError):
    """There is no such run."""


class PredictionsInvalid(Exception):
    """The program's predictions file breaks its contract."""
