"""The contract of a scorer: labels and a predictions file in, a measurement out."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import pandas as pd

from graph.values import Direction, Measurement

Kind = Literal["samples", "labels", "values"]
"""What a prediction is: a place in a signal, a class, or a number."""


@dataclass(frozen=True)
class Truth:
    """The labels of one split, in the columns that a perfect predictions file would have.

    `frame` has the columns `unit,sample` for `samples`; `unit,label` or `unit,index,label` for `labels`;
    `unit,value` or `unit,index,value` for `values`. `unit` and `label` are strings, `sample` and `index`
    0-based integers, `value` a float.
    """

    kind: Kind
    frame: pd.DataFrame
    units: tuple[str, ...]
    """All units of the split, also those without a row."""
    rates: dict[str, float] = field(default_factory=dict[str, float])
    """Sampling rate of each unit in Hz (for `samples`)."""
    lengths: dict[str, int] = field(default_factory=dict[str, int])
    """Length of each unit in samples (for `samples`)."""


class Scorer(Protocol):
    name: str
    metrics: dict[str, Direction]
    """Each metric that it measures, and which way is better; empty when that is not known beforehand."""
    predictions_help: str
    """What `predictions.csv` has to hold, for a person and for a model."""

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        """Compare `predictions` (the bytes of predictions.csv) with `truth`.

        Raises:
            PredictionsInvalid: the file breaks its contract; one line says where and how.
            SandboxError: a scorer that runs confined could not be run.
        """
        ...
