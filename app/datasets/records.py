"""WFDB records: signal and beats of one unit of a dataset."""

from pathlib import Path, PurePosixPath
from typing import Any

from app.datasets.dataset import Dataset, Unit
from app.datasets.headers import Header, read_header, wfdb
from app.datasets.reading import reading
from graph.errors import DatasetInvalid

_wfdb: Any = wfdb
_known_labels: list[Any] = _wfdb.io.annotation.ann_labels

BEATS = "N L R B A a J S V r F e j n E / f Q ?"
"""The symbols of annotations that mark a beat; all others mark rhythm, noise or waves."""
_CODES = {int(label.label_store) for label in _known_labels if label.symbol in BEATS.split()}


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
