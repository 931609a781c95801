"""Descriptions and files of tiny datasets."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.datasets.records import wfdb

THREE = "split: {train: [a], validation: [b], test: [c]}\n"
COLUMN = "name: tiny\ninputs: ['*.csv']\nlabels: {kind: column, column: label}\n" + THREE
BEATS = (
    "name: tiny\nunit: record\ninputs: ['*.hea', '*.dat']\n"
    "labels: {kind: files, files: '*.atr', format: wfdb}\n" + THREE
)
FOLDERS = (
    "name: tiny\ninputs: ['*/*']\nlabels: {kind: folder}\nsplit: {seed: 3, train: 0.4, validation: 0.3, test: 0.3}\n"
)
Content = str | bytes
Build = Callable[[dict[str, Content], str | None], Path]


def write_record(folder: Path, name: str, beats: list[int], symbols: list[str] | None = None) -> None:
    """A record of 10 s at 100 Hz, with annotations at `beats`."""
    signal = np.round(np.sin(np.arange(1000) / 20)[:, None], 2)
    with warnings.catch_warnings():
        # wfdb 4.3 writes with what pandas 3 deprecates.
        warnings.simplefilter("ignore")
        wfdb.wrsamp(name, 100, ["mV"], ["II"], p_signal=signal, fmt=["16"], write_dir=str(folder))
        if beats:
            wfdb.wrann(name, "atr", np.array(beats), symbols or ["N"] * len(beats), write_dir=str(folder))
