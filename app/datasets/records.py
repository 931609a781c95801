"""WFDB records: header, signal and beats of one recording."""

import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from app.datasets.dataset import Dataset, Unit
from app.datasets.reading import reading
from graph.errors import DatasetInvalid

with warnings.catch_warnings():
    # wfdb 4.3 uses what pandas 3 deprecates, already while it is imported.
    warnings.simplefilter("ignore")
    import wfdb  # pyright: ignore[reportMissingTypeStubs]
    from wfdb.io import annotation  # pyright: ignore[reportMissingTypeStubs]

_wfdb: Any = wfdb
_known_labels: list[Any] = annotation.ann_labels  # pyright: ignore[reportUnknownMemberType]

BEATS = "N L R B A a J S V r F e j n E / f Q ?"
"""The symbols of annotations that mark a beat; all others mark rhythm, noise or waves."""
_CODES = {int(label.label_store) for label in _known_labels if label.symbol in BEATS.split()}


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


def header_of(dataset: Dataset, unit: Unit) -> tuple[str, Header]:
    """The one header of a unit, and its path relative to the dataset's folder.

    Raises:
        DatasetInvalid: there is not exactly one, it is broken, or names signal files that are not the unit's.
    """
    headers = [path for path in unit.files if path.endswith(".hea")]
    if len(headers) != 1:
        raise DatasetInvalid(f"{unit.name} has {len(headers)} .hea files among its inputs, and needs one")
    header = read_header(dataset.path(headers[0]), headers[0])
    folder = PurePosixPath(headers[0]).parent
    for name in header.files:
        # A header may name any file of the machine; wfdb would read it.
        if str(folder / name) not in unit.files:
            raise DatasetInvalid(f"{headers[0]} names {name}, which is not among the inputs of {unit.name}")
    return headers[0], header


def check_signal(dataset: Dataset, unit: Unit) -> None:
    """Raises DatasetInvalid where the end of the signal cannot be read, as when a file is cut short."""
    relative, header = header_of(dataset, unit)
    path = dataset.path(relative)
    with reading(f"the signal of {relative}"):
        _wfdb.rdrecord(str(path.with_suffix("")), sampfrom=max(0, header.length - 100), sampto=header.length)


def read_beats(dataset: Dataset, unit: Unit) -> list[int]:
    """Sample indices (0-based, ascending) of the beats in a unit's annotation file.

    Raises:
        DatasetInvalid: there is not exactly one such file, it is broken, or does not fit the record.
    """
    relative = label_file(unit)
    _, header = header_of(dataset, unit)
    path = dataset.path(relative)
    with reading(relative):
        found = _wfdb.rdann(str(path.with_suffix("")), path.suffix[1:], return_label_elements=["label_store"])
        marks = zip(found.sample, found.label_store, strict=True)
        beats = sorted(int(sample) for sample, code in marks if int(code) in _CODES)
    if found.fs and float(found.fs) != header.rate:
        raise DatasetInvalid(f"{relative} counts at {found.fs:g} Hz, but the record has {header.rate:g} Hz")
    if beats and not 0 <= beats[0] <= beats[-1] < header.length:
        raise DatasetInvalid(f"{relative} has beats outside the {header.length} samples of the record")
    return beats


def label_file(unit: Unit) -> str:
    """The one label file of a unit; raises DatasetInvalid where there is none, or more than one."""
    match unit.label_files:
        case (one,):
            return one
        case ():
            raise DatasetInvalid(f"{unit.name} has no label file")
        case several:
            raise DatasetInvalid(f"{unit.name} has several label files: {', '.join(several)}")


def download(database: str, folder: Path, annotator: str) -> None:
    """Download all records of a PhysioNet database with one annotator's files, or raise what wfdb raises."""
    _wfdb.dl_database(database, str(folder), annotators=[annotator])
