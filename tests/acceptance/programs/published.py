# ruff: noqa: PTH123, T201 (a program as a model writes them)
"""The algorithm of the paper's published program, in our own words, with what it prints about itself.

Every 200 ms it takes the highest point of the smoothed squared difference of channel 0, whether there is a beat or not.
"""

import argparse
import pathlib

import numpy as np
import wfdb

WINDOW_S = 0.2
SMOOTHING_S = 0.15


def find_peaks(signal: np.ndarray, rate: float) -> np.ndarray:
    """One sample for each window of 200 ms."""
    energy = np.diff(np.nan_to_num(signal), prepend=signal[:1]) ** 2
    width = max(1, round(SMOOTHING_S * rate))
    smooth = np.convolve(energy, np.ones(width) / width, mode="same")
    window = round(WINDOW_S * rate)
    starts = range(0, len(smooth) - window + 1, window)
    return np.array([start + int(np.argmax(smooth[start : start + window])) for start in starts], dtype=int)


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
            peaks = find_peaks(record.p_signal[:, 0], record.fs)
            file.writelines(f"{header.stem},{peak}\n" for peak in peaks)
    print('claim: {"f1": 0.9997}')


if __name__ == "__main__":
    main()
