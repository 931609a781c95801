"""Downloads a public dataset, with a description to use it at once."""

import contextlib
import io
import shutil
import tempfile
from pathlib import Path

import yaml

from app.datasets.dataset import open_dataset
from app.datasets.files import DESCRIPTION
from app.datasets.preflight import examine
from app.datasets.records import download
from graph.errors import DatasetInvalid

MITDB = {
    "name": "mitdb",
    "about": (
        "MIT-BIH Arrhythmia Database: half-hour pieces of two-lead ambulatory ECG, sampled at 360 Hz, of"
        " people seen at a Boston hospital. The first signal is nearly always the limb lead MLII. Some"
        " records are noisy or hold paced, ectopic or otherwise odd beats. Cardiologists marked every beat;"
        " the mark lies near the R peak."
    ),
    "unit": "record",
    "inputs": ["*.hea", "*.dat"],
    "labels": {"kind": "files", "files": "*.atr", "format": "wfdb"},
    "split": {
        "seed": 7,
        "train": 0.4,
        "validation": 0.3,
        "test": 0.3,
        # 201 and 202 were recorded from one person.
        "groups": {"201": "s201", "202": "s201"},
    },
}


def get_mitdb(target: Path) -> Path:
    """Download the MIT-BIH Arrhythmia Database (about 100 MB) to the new folder `target`.

    Raises:
        DatasetInvalid: `target` has content, PhysioNet cannot be reached, or files came broken; then nothing
            is left behind.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DatasetInvalid(f"{target} exists already: name a new folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        _fetch(part)
        part.chmod(0o755)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _fetch(folder: Path) -> None:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            download("mitdb", folder, "atr")
    except Exception as error:  # wfdb passes on whatever its HTTP library raises
        raise DatasetInvalid(f"mitdb cannot be downloaded from physionet.org: {type(error).__name__}") from error
    (folder / DESCRIPTION).write_text(yaml.safe_dump(MITDB, sort_keys=False, width=100))
    problems = examine(open_dataset(folder)).problems
    if problems:
        raise DatasetInvalid(f"mitdb came broken, so try again: {problems[0]}")
