"""Cuts the recordings of RadHAR into windows: `python windows.py RECORDINGS OUT`.

RECORDINGS has a folder for each activity with an NPZ file for each recording of about 20 s; OUT gets the same with a
file for each window of 2 s, the short one at the end left out, and a dataset.yaml which splits them by recording.
"""

import argparse
from pathlib import Path

import numpy as np

SECONDS = 2.0
DESCRIPTION = r"""name: radhar
about: >
  Point clouds of a mmWave radar, 2 s each, cut from recordings of one person who does one exercise for 20 s (RadHAR,
  mmNets 2019).
unit: window
inputs: ["*/*.npz"]
# A recording is what `by: subject` keeps together.
unit_pattern: '(?P<unit>(?P<subject>[^/]+)_w\d+)\.npz$'
labels: {kind: folder}
split: {by: subject, seed: 1, train: 0.5, validation: 0.25, test: 0.25}
"""


def windows(recording: dict[str, np.ndarray]) -> list[dict[str, np.ndarray]]:
    """Of one recording; arrays of one value per point, without `seq`, which numbers them over the whole day."""
    number = ((recording["t"] - recording["t"][0]) // SECONDS).astype(int)
    columns = [name for name in recording if name != "seq"]
    whole = range(int((recording["t"][-1] - recording["t"][0]) // SECONDS))
    return [{name: recording[name][number == one] for name in columns} for one in whole]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    for file in sorted(given.recordings.glob("*/*.npz")):
        folder = given.out / file.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        with np.load(file) as recording:
            for number, window in enumerate(windows(dict(recording))):
                np.savez_compressed(folder / f"{file.stem}_w{number:02}.npz", **window)
    (given.out / "dataset.yaml").write_text(DESCRIPTION, encoding="utf-8")


if __name__ == "__main__":
    main()
