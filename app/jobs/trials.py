"""Which scorers this process has tried on which labels: the same one need not be tried on the same ones again."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from graph.scoring.base import Scorer, Truth
from graph.scoring.registry import OPENERS
from graph.scoring.self_test import self_test
from graph.task import Scoring

_pandas: Any = pd
MOST = 256
"""Remembered, the last ones."""


@dataclass(frozen=True)
class Trials:
    passed: dict[str, None] = field(default_factory=dict[str, None])
    """In the order in which they passed."""

    async def hold(self, scorer: Scorer, truth: Truth, scoring: Scoring) -> None:
        """Raises ScorerRefused, or SandboxError, as `self_test` does."""
        name = trial(truth, scoring)
        if name in self.passed:
            return
        await self_test(scorer, truth, scoring.metric, scoring.direction)
        # One of the user's own is a program: it may have changed, or depend on the time of day.
        if scoring.scorer in OPENERS:
            self.passed[name] = None
            while len(self.passed) > MOST:
                del self.passed[next(iter(self.passed))]


def trial(truth: Truth, scoring: Scoring) -> str:
    frame: Any = truth.frame
    digest = hashlib.sha256(scoring.model_dump_json().encode())
    digest.update(repr((truth.kind, truth.units, truth.rates, truth.lengths, list(frame.columns))).encode())
    hashed: Any = _pandas.util.hash_pandas_object(frame)
    digest.update(hashed.to_numpy().tobytes())
    return digest.hexdigest()
