# ruff: noqa: PTH123, T201 (a program as a model writes them)
"""The algorithm of the paper's published program, in our own words, with what it prints about itself.

It takes the local maxima of the smoothed squared difference of channel 0, one every 200 ms, whether there is a beat or
not.
"""

import argparse
import pathlib

import numpy as np
import wfdb
from scipy.signal import find_peaks

DISTANCE_S = 0.2
SMOOTHING_S = 0.15


def peaks_of(signal: np.ndarray, rate: float) -> np.ndarray:
    """The highest points of the smoothed squared difference, 200 ms apart, without any threshold."""
    energy = np.diff(np.nan_to_num(signal), prepend=signal[:1]) ** 2
    width = max(1, round(SMOOTHING_S * rate))
    smooth = np.convolve(energy, np.ones(width) / width, mode="same")
    return find_peaks(smooth, distance=round(DISTANCE_S * rate))[0]


def main() -> None:
    """Peaks for every record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", required=True, type=pathlib.Path)
    parser.add_argument("-o", required=True, type=pathlib.Path)
    given = parser.parse_args()
    with open(given.o / "predictions.csv", "w") as file:
        file.write("unit,sample\n")
        for header in sorted((given.i / "unlabelled").glob("*.hea")):
            record = wfdb.rdrecord(str(header.with_suffix("")))
            peaks = peaks_of(record.p_signal[:, 0], record.fs)
            file.writelines(f"{header.stem},{peak}\n" for peak in peaks)
    print('claim: {"f1": 0.9997}')


if __name__ == "__main__":
    main()
