"""WFDB records: what their header says, and the signals."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.datasets.reading import reading
from graph.errors import DatasetInvalid

with warnings.catch_warnings():
    # wfdb 4.3 uses what pandas 3 deprecates, already while it is imported.
    warnings.simplefilter("ignore")
    import wfdb  # pyright: ignore[reportMissingTypeStubs]

_wfdb: Any = wfdb


@dataclass(frozen=True)
class Header:
    rate: float
    """Samples per second."""
    length: int
    """Samples per signal."""
    signals: tuple[str, ...]
    units: tuple[str, ...]
    """Physical unit of each signal."""
    files: tuple[str, ...]
    """Names of the signal files, as the header gives them."""


def read_header(path: Path, relative: str) -> Header:
    """Read a `.hea` file.

    Raises:
        DatasetInvalid: it is broken, has several segments, or does not give the length.
    """
    with reading(relative):
        raw: Any = _wfdb.rdheader(str(path.with_suffix("")))
        if isinstance(raw, _wfdb.MultiRecord):
            raise DatasetInvalid(f"{relative} is a record of several segments; these are not supported")
        if not raw.fs or not raw.n_sig or not raw.sig_len:
            raise DatasetInvalid(f"{relative} lacks the sampling rate, the signals or their length")
        return Header(
            rate=float(raw.fs),
            length=int(raw.sig_len),
            signals=tuple(str(name or "") for name in raw.sig_name),
            units=tuple(str(unit or "") for unit in raw.units),
            files=tuple(dict.fromkeys(str(name) for name in raw.file_name)),
        )


def read_signals(path: Path, relative: str) -> dict[str, Any]:
    """The signals of a record by name, each an array of all its samples in physical units.

    Raises:
        DatasetInvalid: it cannot be read.
    """
    with reading(relative):
        record: Any = _wfdb.rdrecord(str(path.with_suffix("")))
        return {
            f"{name} ({unit})": record.p_signal[:, n]
            for n, (name, unit) in enumerate(zip(record.sig_name, record.units, strict=True))
        }
