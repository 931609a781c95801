"""The dataset as the state machine sees it: folders for programs, and measurements of predictions."""

import asyncio
import shutil
import threading
from functools import cached_property
from pathlib import Path

from app.datasets.dataset import Dataset, first_of, halved
from app.datasets.layout import lay_out
from app.datasets.names import shown_names
from app.datasets.profile import describe, parts
from app.datasets.surveyor import look
from app.datasets.truth import read_truth
from graph.errors import DatasetInvalid
from graph.scoring.base import Scorer, Truth
from graph.task import Privacy
from graph.values import FOLDS, Measurement, Split
from sandbox.base import Sandbox

CLAIMED_HELP = (
    "The data has no labels, so that nothing is measured: write what the task asks for to"
    " OUTPUT/predictions.csv, with a header, and describe its columns."
)


class Bench:
    """Lays out folders below `root`, which is its own; labels stay in this process."""

    def __init__(self, dataset: Dataset, scorer: Scorer | None, root: Path, privacy: Privacy = "schema") -> None:
        self._dataset = dataset
        self._scorer = scorer
        self._root = root
        self._privacy: Privacy = privacy
        self._lock = threading.Lock()
        self._truths: dict[str, Truth] = {}
        self._profile: str | None = None
        self._profiling = asyncio.Lock()

    @property
    def measured(self) -> bool:
        """False where there are no labels or no scorer."""
        return self._dataset.measured and self._scorer is not None

    @property
    def tunable(self) -> bool:
        """Whether train can be halved, so that its folds can be scored."""
        return self.measured and bool(self._halved)

    @cached_property
    def _halved(self) -> dict[str, Dataset]:
        return halved(self._dataset, FOLDS)

    def _with(self, split: Split) -> Dataset:
        """The dataset that has this split."""
        if split not in FOLDS:
            return self._dataset
        if split not in self._halved:
            raise DatasetInvalid("train is one piece: no part of it can be held back to tune on")
        return self._halved[split]

    @property
    def predictions_help(self) -> str:
        return self._scorer.predictions_help if self._scorer and self.measured else CLAIMED_HELP

    async def inputs(self, split: Split, *, one: bool = False) -> Path:
        """The folder that a program reads when `split` is scored, or the first unit of it alone; made once.

        Raises:
            DatasetInvalid: the dataset cannot be laid out.
        """
        return await asyncio.to_thread(self._inputs, split, one)

    def units(self, split: Split) -> tuple[str, ...]:
        """The units of `split` as the program sees them; none where the data has no labels."""
        return tuple(shown_names(self._with(split), split).values()) if self._dataset.measured else ()

    async def profile(self, sandbox: Sandbox) -> str:
        """What a model is told about the data; the first call lays out the validation split, and looks at it in there.

        Raises:
            DatasetInvalid: the dataset cannot be laid out, or a label of the train split cannot be read.
            SandboxError: there was no looking.
        """
        async with self._profiling:
            if self._profile is None:
                self._profile = await self._describe(sandbox)
            return self._profile

    async def _describe(self, sandbox: Sandbox) -> str:
        dataset, split = self._dataset, "validation" if self._dataset.measured else None
        folder = await self.inputs("validation")
        found = None
        if self._privacy != "none":
            folders = parts(dataset)
            found = await look(sandbox, folder, folders, folders[0] if self._privacy == "statistics" else None)
        return await asyncio.to_thread(describe, dataset, folder, split, found)

    async def score(self, split: Split, predictions: bytes) -> Measurement:
        """Compare the bytes of a predictions file with the labels of `split`.

        Raises:
            DatasetInvalid: the data has no labels, or they cannot be read.
            PredictionsInvalid: the file breaks its contract.
        """
        if self._scorer is None or not self.measured:
            raise DatasetInvalid("there are no labels or no scorer, so nothing can be measured")
        truth = await asyncio.to_thread(self._truth, split)
        return await self._scorer.score(truth, predictions)

    def close(self) -> None:
        """Remove `root` with all that was laid out."""
        shutil.rmtree(self._root, ignore_errors=True)

    def _inputs(self, split: Split, one: bool) -> Path:
        with self._lock:
            if not self._dataset.measured:
                return lay_out(self._dataset, None, self._root / "data")
            dataset = self._with(split)
            if one:
                return lay_out(first_of(dataset, split), split, self._root / "one" / split)
            return lay_out(dataset, split, self._root / split)

    def _truth(self, split: Split) -> Truth:
        with self._lock:
            if split not in self._truths:
                self._truths[split] = read_truth(self._with(split), split)
            return self._truths[split]
