"""Write synthetic electrocardiograms with exactly known beats, in WFDB format.

Usage: ``python generate.py DIR [--records N] [--seconds S] [--seed K]``

What is published.  The heart signal follows the dynamical model of P. E. McSharry, G. D. Clifford,
L. Tarassenko and L. A. Smith, "A dynamical model for generating synthetic electrocardiogram signals",
IEEE Transactions on Biomedical Engineering 50(3), 2003, 289-294 (known as ECGSYN).  From it come: a phase
that runs once round a limit cycle per beat with an angular speed set by the RR interval; five Gaussian events
(P, Q, R, S, T) at fixed angles that drive the vertical coordinate; the linear relaxation of that coordinate;
an RR series whose spectrum has a low-frequency (0.1 Hz) and a respiratory peak; and, from the ECGSYN program,
the scaling of angles and widths with roots of the heart rate.

What is ours.  The code, and these changes.  The state is taken to lie on the limit cycle, so the phase is
known in closed form; only the vertical equation, which is linear, is solved step by step, by a one-pole
filter.  Every beat has a phase of its own, counted from its R event, and its events are added up: so an early
beat does not deform its neighbours.  Event sizes are given as the height in millivolts, and varied by record.
The respiratory baseline is no part of the noise-free signal but one of the disturbances.  The second lead is
another projection of the same waves, each of which has an angle in a plane.  Not from the paper at all:
premature ventricular and atrial beats, pauses, changing amplitude, tall T waves, inverted or small leads, and
every disturbance (white noise, powerline, muscle bursts, wander, electrode motion).  None of it was fitted to
recordings of people, so a score on this data says nothing about such recordings.

A reference beat lies at the R peak of the noise-free first lead: 'N' normal, 'V' premature ventricular, 'A'
premature atrial.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import wfdb
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfiltfilt

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FS = 360
GAIN = 1000.0  # steps per millivolt in the 16-bit files
SHORTEST_S, LONGEST_S = 10.0, 3600.0
SHORTEST_RR_S = 0.28
NAME = "synthetic-heartbeat"
OWN_FILE = re.compile(r"s\d{2,}\.(hea|dat|atr)")
COMMENT = "Synthetic electrocardiogram written by the AutoIOT heartbeat example; no person was recorded."

# Angle (rad), width (rad) and height (mV) of P, Q, R, S, T at 60 bpm; after the table in the paper.
ANGLES = np.array([-np.pi / 3, -np.pi / 12, 0.0, np.pi / 12, np.pi / 2])
WIDTHS = np.array([0.2, 0.075, 0.08, 0.075, 0.4])
HEIGHTS = np.array([0.12, -0.1, 1.0, -0.22, 0.28])
ANGLE_POWER = np.array([0.25, 0.5, 0.5, 0.5, 0.25])  # of the rate over 60 bpm, as in ECGSYN
P, Q, R, S, T = range(5)

DATASET = f"""name: {NAME}
about: "Synthetic two-lead electrocardiograms, 360 samples per second, 16 bit, in millivolts (WFDB .hea and
  .dat files). Heart rates run from about 50 to 130 beats per minute and drift; some beats come early and look
  different, and the rhythm may pause. Polarity and size of the leads differ between records and may change
  within one. Records carry varying amounts of noise, powerline hum, muscle activity, baseline wander and
  electrode motion, often not the same in both leads. Every beat is annotated at its R peak (WFDB .atr files;
  N normal, V premature ventricular, A premature atrial)."
unit: record
inputs: ["*.hea", "*.dat"]
labels: {{kind: files, files: "*.atr", format: wfdb}}
split: {{seed: 11, train: 0.34, validation: 0.33, test: 0.33}}
"""


@dataclass(frozen=True)
class Profile:
    """What one record is like; sizes in mV, rates per minute, shares from 0 to 1."""

    white: float = 0.012
    powerline: float = 0.01
    wander: float = 0.08
    muscle: float = 0.0  # root mean square inside a burst
    muscle_share: float = 0.0
    motion: float = 0.0  # size of electrode steps
    motion_rate: float = 0.0
    size: float = 1.0  # R height of the first lead
    tall_t: float = 0.0  # T height over R height; 0 = the ordinary one
    ventricular: float = 0.0  # share of the beats
    ventricular_size: float = 1.3  # R height over the normal one
    atrial: float = 0.0
    bigeminy: bool = False
    pauses: float = 0.0
    fade: float = 0.0  # how much of the amplitude the deepest fade takes
    fade_rate: float = 0.0
    modulation: float = 0.05


@dataclass(frozen=True)
class Rhythm:
    """Times of the beats (s), the RR interval that shapes each (s), and its symbol."""

    times: Floats
    rr: Floats
    symbols: list[str]


@dataclass(frozen=True)
class Record:
    """One synthetic record: `clean` is the noise-free signal, both (samples, 2) in mV."""

    name: str
    clean: Floats
    signal: Floats
    beats: Ints
    symbols: list[str] = field(default_factory=list)


CLEAN = Profile()
HUM = Profile(white=0.03, powerline=0.12, wander=0.7)
TALL_T = Profile(white=0.02, wander=0.15, tall_t=1.15, modulation=0.3)
SMALL = Profile(size=0.3, white=0.045, powerline=0.03, wander=0.2)
ECTOPIC = Profile(white=0.02, ventricular_size=0.75, ventricular=0.14, atrial=0.06, wander=0.2)
FADING = Profile(white=0.02, fade=0.88, fade_rate=5, modulation=0.25, wander=0.25)
MUSCLE = Profile(white=0.03, muscle=0.42, muscle_share=0.5, wander=0.3)
MOTION = Profile(white=0.03, motion=1.4, motion_rate=36, wander=0.5)
MIXED = Profile(
    white=0.035,
    powerline=0.06,
    wander=0.5,
    muscle=0.25,
    muscle_share=0.25,
    motion=0.9,
    motion_rate=14,
    ventricular=0.06,
    atrial=0.03,
    fade=0.75,
    fade_rate=2.0,
)
PROFILES = [
    *[CLEAN] * 5,
    replace(CLEAN, ventricular=0.03),
    replace(CLEAN, atrial=0.05, wander=0.15),
    replace(CLEAN, pauses=1.5, size=0.7),
    HUM,
    replace(HUM, size=0.5, pauses=1.0, fade=0.75, fade_rate=2.0),
    TALL_T,
    replace(TALL_T, white=0.035, ventricular=0.03, fade=0.7, fade_rate=2.0),
    replace(SMALL, muscle=0.09, muscle_share=0.3),
    replace(SMALL, atrial=0.06, modulation=0.2),
    ECTOPIC,
    replace(ECTOPIC, bigeminy=True, ventricular_size=2.2, fade=0.6, fade_rate=2.0),
    FADING,
    replace(FADING, ventricular=0.05, pauses=1.0),
    MUSCLE,
    replace(MUSCLE, muscle=0.5, size=1.1),
    MOTION,
    replace(MOTION, motion=0.9, motion_rate=48),
    MIXED,
    replace(MIXED, ventricular=0.1, tall_t=0.5),
]


def rr_series(rng: np.random.Generator, seconds: float, rate: float, breath: float) -> Floats:
    """RR intervals (s) on a 4 Hz grid: low- and high-frequency variability and a slow trend of the rate."""
    count = 2 * int(4 * seconds / 2) + 80
    freqs = np.asarray(np.fft.rfftfreq(count, 0.25), dtype=np.float64)
    ratio = rng.uniform(0.5, 2.0)
    power = ratio * _bell(freqs, 0.1, 0.01) + _bell(freqs, breath, 0.015)
    spectrum = np.sqrt(power) * np.exp(2j * np.pi * rng.random(freqs.size))
    wave = np.fft.irfft(spectrum, count)
    wave *= rng.uniform(0.015, 0.045) / wave.std()
    turns = rng.uniform(0.3, 1.5) * np.linspace(0, 1, count) + rng.random()
    trend = rng.uniform(0.04, 0.13) * np.sin(2 * np.pi * turns)
    return 60.0 / np.clip(rate * (1 + trend + wave), 45, 140)


def _bell(x: Floats, centre: float, width: float) -> Floats:
    return np.exp(-0.5 * ((x - centre) / width) ** 2)


def make_rhythm(rng: np.random.Generator, profile: Profile, rr: Floats, seconds: float) -> Rhythm:
    """Beat after beat: normal ones, early ones, pauses."""
    now, early, times, local, symbols = rng.uniform(0.3, 0.8), 0.0, [], [], []
    while now < seconds - 0.25:
        step = float(rr[int(4 * now)])
        symbol = _next_symbol(rng, profile, symbols)
        shift = 0.0 if symbol == "N" else min(rng.uniform(0.25, 0.42) * step, step - SHORTEST_RR_S)
        if symbol == "V":  # the sinus node goes on: the next beat comes when it would have come
            early = shift
        times.append(now - shift)
        local.append(step)
        symbols.append(symbol)
        now = times[-1] + step + early
        early = 0.0
        if rng.random() < profile.pauses * step / 60:
            now += rng.uniform(0.7, 1.4) * step
    return Rhythm(np.array(times), np.array(local), symbols)


def _next_symbol(rng: np.random.Generator, profile: Profile, before: list[str]) -> str:
    draw = rng.random()
    if len(before) < 4 or before[-1] != "N":
        return "N"
    if profile.bigeminy and before[-2] == "V" and draw < 0.7:  # every other beat, for a while
        return "V"
    if draw < profile.ventricular:
        return "V"
    return "A" if draw < profile.ventricular + profile.atrial else "N"


def wave_tables(rng: np.random.Generator, profile: Profile, rhythm: Rhythm) -> tuple[Floats, Floats, Floats]:
    """Centre (s), width (s) and height (mV, per lead) of the five waves of every beat."""
    speed = 2 * np.pi / rhythm.rr[:, None]
    faster = 1.0 / rhythm.rr[:, None]
    normal = [rng.uniform(0.9, 1.1, 5) for _ in range(3)]
    centre = ANGLES * normal[0] * faster**ANGLE_POWER / speed
    width = WIDTHS * normal[1] * np.sqrt(faster) / speed
    angle = np.radians(rng.normal(0, [15, 10, 0, 10, 15]))
    size = np.tile(HEIGHTS * normal[2], (len(rhythm.times), 1))
    size[:, R] = 1.0
    if profile.tall_t:
        size[:, T] = profile.tall_t
        width[:, T] *= 0.5
    angles = np.tile(angle, (len(rhythm.times), 1))
    _shape_early(rng, profile, rhythm.symbols, (centre, width, size, angles))
    second = np.radians(rng.choice([-1, 1]) * rng.uniform(20, 55))
    leads = np.stack([np.cos(angles), np.cos(second - angles)], axis=2)
    sign = rng.choice([1.0, -1.0], 2, p=[0.7, 0.3])
    return rhythm.times[:, None] + centre, width, profile.size * size[:, :, None] * leads * sign


def _shape_early(
    rng: np.random.Generator,
    profile: Profile,
    symbols: list[str],
    tables: tuple[Floats, Floats, Floats, Floats],
) -> None:
    """Give premature beats their look: ventricular ones wide and without P, atrial ones with another P."""
    centre, width, size, angles = tables
    kinds = np.array(symbols)
    wide, atrial = kinds == "V", kinds == "A"
    turned = rng.random() < 0.6  # one focus per record, hence one shape
    stretch = rng.uniform(2.0, 2.6)
    width[wide, Q : S + 1] *= stretch
    width[wide, T] *= 0.8
    centre[np.ix_(wide, [Q, S])] *= 2 * stretch
    size[wide] = [0.0, 0.0, 1.0, -0.3, -rng.uniform(0.25, 0.4)]
    size[wide] *= profile.ventricular_size * rng.uniform(0.9, 1.1)
    angles[wide] = np.radians((180 if turned else 0) + rng.uniform(-25, 25))
    size[np.ix_(atrial, [P])] *= -0.8
    size[atrial, R] *= rng.uniform(0.85, 1.1)


def amplitude(rng: np.random.Generator, profile: Profile, times: Floats, breath: float) -> Floats:
    """Factor per beat and lead: breathing, slow change, and fades that hit one lead more than the other."""
    swing = np.sin(2 * np.pi * breath * times + rng.uniform(0, 6)) + np.sin(
        2 * np.pi * rng.uniform(0.01, 0.04) * times + rng.uniform(0, 6)
    )
    factor = np.tile(1 + 0.5 * profile.modulation * swing[:, None], (1, 2))
    for _ in range(_how_many(rng, profile.fade_rate, times)):
        start, length = rng.uniform(6, max(times[-1], 7)), rng.uniform(4, 10)
        edge = rng.uniform(0.2, 0.8)
        inside = _sigmoid((times - start) / edge) * _sigmoid((start + length - times) / edge)
        factor *= 1 - profile.fade * rng.uniform(0.8, 1.0) * inside[:, None] * _lead_weights(rng, 0.4)
    return np.maximum(factor, 0.15)


def _how_many(rng: np.random.Generator, per_minute: float, times: Floats) -> int:
    expected = per_minute * float(times[-1]) / 60
    return int(np.floor(expected + rng.random()))


def _sigmoid(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _lead_weights(rng: np.random.Generator, weaker: float) -> Floats:
    """Full strength in one lead, `weaker` in the other."""
    pair = np.array([1.0, weaker])
    return pair if rng.random() < 0.6 else pair[::-1]


def clean_signal(centre: Floats, width: Floats, height: Floats, count: int) -> Floats:
    """Noise-free leads (samples, 2): the vertical equation driven by all events, dz/dt = force - z.

    The force of an event is the slope of its Gaussian, height/width^2 * offset, so that without the
    relaxation term the event would leave exactly that Gaussian behind.
    """
    reach = int(np.ceil(5 * width.max() * FS))
    force = np.zeros((count, 2))
    offsets = np.arange(-reach, reach + 1)
    middle = np.round(centre * FS).astype(np.int64).ravel()
    index = middle[:, None] + offsets
    away = index / FS - centre.ravel()[:, None]
    scale = width.ravel()[:, None]
    slope = -away / scale**2 * np.exp(-0.5 * (away / scale) ** 2)
    inside = (index >= 0) & (index < count)
    for lead in range(2):
        value = slope * height[:, :, lead].ravel()[:, None]
        force[:, lead] = np.bincount(index[inside], value[inside], minlength=count)
    half = 0.5 / FS  # trapezoidal rule
    return np.asarray(lfilter([half, half], [1 + half, half - 1], force, axis=0))


def reference_beats(clean: Floats, centre: Floats, height: Floats) -> Ints:
    """Sample of the R peak of each beat: the extremum of the noise-free first lead beside its R event."""
    half = round(0.03 * FS)
    middle = np.round(centre[:, R] * FS).astype(np.int64)
    index = np.clip(middle[:, None] + np.arange(-half, half + 1), 0, len(clean) - 1)
    upright = clean[index, 0] * np.sign(height[:, R, 0])[:, None]
    return np.take_along_axis(index, upright.argmax(axis=1)[:, None], axis=1)[:, 0]


def disturbances(rng: np.random.Generator, profile: Profile, count: int, breath: float) -> Floats:
    """Everything that is not heart, (samples, 2) in mV."""
    time = np.arange(count) / FS
    noise = profile.white * rng.uniform(0.7, 1.3, 2) * rng.standard_normal((count, 2))
    noise += _hum(rng, profile.powerline, time)
    noise += _wander(rng, profile.wander, time, breath)
    if profile.muscle:
        noise += _muscle(rng, profile, time)
    if profile.motion:
        noise += _motion(rng, profile, time)
    return noise


def _hum(rng: np.random.Generator, size: float, time: Floats) -> Floats:
    mains = rng.choice([50.0, 60.0]) + 0.05 * np.sin(2 * np.pi * 0.02 * time + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(mains) / FS
    wave = np.sin(phase) + 0.2 * np.sin(3 * phase + rng.uniform(0, 6))
    return size * wave[:, None] * rng.uniform(0.5, 1.2, 2)


def _wander(rng: np.random.Generator, size: float, time: Floats, breath: float) -> Floats:
    breathing = np.sin(2 * np.pi * breath * time + rng.uniform(0, 6))
    knots = np.arange(0, time[-1] + 8, 4.0)
    drift = np.empty((len(time), 2))
    for lead in range(2):
        walk = rng.standard_normal(len(knots))
        drift[:, lead] = np.interp(time, knots, walk)
    smooth = sosfiltfilt(butter(2, 0.15, fs=FS, output="sos"), drift, axis=0)
    return size * (0.5 * breathing[:, None] * rng.uniform(0.5, 1.2, 2) + smooth)


def _muscle(rng: np.random.Generator, profile: Profile, time: Floats) -> Floats:
    band = butter(2, [12, 90], "bandpass", fs=FS, output="sos")
    raw = sosfiltfilt(band, rng.standard_normal((len(time), 2)), axis=0)
    raw /= raw.std(axis=0)
    envelope, begin = np.zeros((len(time), 2)), rng.uniform(3, 8)
    while begin < time[-1]:
        length = rng.uniform(2, 6)
        inside = _sigmoid((time - begin) / 0.15) * _sigmoid((begin + length - time) / 0.15)
        strength = profile.muscle * rng.uniform(0.6, 1.2)
        envelope += strength * inside[:, None] * _lead_weights(rng, 0.2)
        begin += length + length * (1 / profile.muscle_share - 1) * rng.uniform(0.6, 1.4)
    return raw * envelope


def _motion(rng: np.random.Generator, profile: Profile, time: Floats) -> Floats:
    """Electrode motion: steps of the potential that decay back, and short wobbles in the band of the QRS."""
    total = np.zeros((len(time), 2))
    for _ in range(_how_many(rng, profile.motion_rate, time)):
        begin, decay = rng.uniform(2, time[-1]), rng.uniform(0.15, 1.2)
        size = profile.motion * rng.uniform(0.4, 1.2) * rng.choice([-1, 1])
        if rng.random() < 0.4:
            rise = rng.uniform(0.015, 0.06)
            shape = _sigmoid((time - begin) / (rise / 4)) * np.exp(-np.maximum(time - begin, 0) / decay)
        else:
            swing = np.cos(2 * np.pi * rng.uniform(5, 14) * (time - begin) + rng.uniform(0, 6))
            shape = 0.7 * _bell(time, begin, rng.uniform(0.03, 0.2)) * swing
        total += size * shape[:, None] * _lead_weights(rng, 0.1)
    return total


def make_record(number: int, seconds: float, seed: int) -> Record:
    """Record `number` (from 1); it does not depend on how many are made."""
    block, place = divmod(number - 1, len(PROFILES))
    order = np.random.default_rng([seed, 0, block]).permutation(len(PROFILES))
    rates = np.random.default_rng([seed, 1, block]).permutation(np.linspace(54, 122, len(PROFILES)))
    profile, rng = PROFILES[order[place]], np.random.default_rng([seed, 2, number])
    count, breath = round(seconds * FS), rng.uniform(0.15, 0.35)
    rr = rr_series(rng, seconds, float(rates[place]), breath)
    rhythm = make_rhythm(rng, profile, rr, seconds)
    centre, width, height = wave_tables(rng, profile, rhythm)
    height = height * amplitude(rng, profile, rhythm.times, breath)[:, None, :]
    clean = clean_signal(centre, width, height, count)
    signal = clean + disturbances(rng, profile, count, breath)
    return Record(f"s{number:02d}", clean, signal, reference_beats(clean, centre, height), list(rhythm.symbols))


def write_record(record: Record, folder: Path) -> None:
    """The .hea, .dat and .atr files of one record."""
    steps = np.clip(np.round(record.signal * GAIN), -32767, 32767).astype(np.int64)
    wfdb.wrsamp(
        record.name,
        fs=FS,
        units=["mV", "mV"],
        sig_name=["ECG1", "ECG2"],
        d_signal=steps,
        fmt=["16", "16"],
        adc_gain=[GAIN, GAIN],
        baseline=[0, 0],
        comments=[COMMENT],
        write_dir=str(folder),
    )
    wfdb.wrann(record.name, "atr", record.beats, record.symbols, fs=FS, write_dir=str(folder))


def prepare(folder: Path) -> None:
    """Make the folder, or empty one that this program made; ValueError where it holds anything else."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    folder.mkdir(parents=True, exist_ok=True)
    present, marker = sorted(folder.iterdir()), folder / "dataset.yaml"
    if not present:
        return
    foreign = [p for p in present if p != marker and not (p.is_file() and OWN_FILE.fullmatch(p.name))]
    made_here = marker.is_file() and marker.read_text("utf-8", "replace").startswith(f"name: {NAME}\n")
    if foreign or not made_here:
        raise ValueError(f"{folder} holds other files ({(foreign or present)[0].name}); give a new folder")
    for path in present:
        path.unlink()


def generate(folder: Path, records: int = 24, seconds: float = 90.0, seed: int = 7) -> None:
    """Write `records` records and dataset.yaml into the folder."""
    prepare(folder)
    (folder / "dataset.yaml").write_text(DATASET, encoding="utf-8")
    for number in range(1, records + 1):
        write_record(make_record(number, seconds, seed), folder)


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit code."""
    parser = argparse.ArgumentParser(description="Write synthetic ECG records with known beats (WFDB format).")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--records", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    if given.records < 1 or given.seed < 0 or not SHORTEST_S <= given.seconds <= LONGEST_S:
        sys.stderr.write(f"error: records >= 1, seed >= 0, seconds from {SHORTEST_S:g} to {LONGEST_S:g}\n")
        return 2
    try:
        generate(given.folder, given.records, given.seconds, given.seed)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(f"{given.records} records of {given.seconds:g} s in {given.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
