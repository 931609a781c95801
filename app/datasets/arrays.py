"""NumPy files: which arrays they hold."""

from pathlib import Path
from typing import Any

import numpy as np

from app.datasets.reading import reading

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


def _shape(array: Any) -> tuple[str, tuple[int, ...]]:
    return str(array.dtype), tuple(int(length) for length in array.shape)
