"""NumPy files: which arrays they hold."""

from pathlib import Path
from typing import Any

import numpy as np

from app.datasets.reading import reading
from app.datasets.steps import Steps, is_time, steps

SUFFIXES = (".npz", ".npy")


def is_arrays(relative: str) -> bool:
    return Path(relative).suffix.lower() in SUFFIXES


def read_shapes(path: Path, relative: str) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Data type and shape of each array by name; the one array of a `.npy` file has the name ''.

    Reads all values, so that a file that is cut short is found.

    Raises:
        DatasetInvalid: the file is broken, or holds Python objects.
    """
    # Opened here, since np.load leaves a file open that it opened itself and cannot read.
    with reading(relative), path.open("rb") as file:
        loaded: Any = np.load(file, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return {"": _shape(loaded)}
        return {str(name): _shape(loaded[name]) for name in loaded.files}


def read_times(path: Path, relative: str) -> dict[str, Steps]:
    """How regularly it was sampled, by each array that is named like a time.

    Raises:
        DatasetInvalid: as `read_shapes`.
    """
    with reading(relative), path.open("rb") as file:
        loaded: Any = np.load(file, allow_pickle=False)
        names = [] if isinstance(loaded, np.ndarray) else [str(name) for name in loaded.files if is_time(str(name))]
        found = {name: steps(np.unique(loaded[name]), name) for name in names}
    return {name: one for name, one in found.items() if one}


def _shape(array: Any) -> tuple[str, tuple[int, ...]]:
    return str(array.dtype), tuple(int(length) for length in array.shape)
