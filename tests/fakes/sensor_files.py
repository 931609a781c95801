"""Files in the formats that sensors come in, each with `VALUE` or `WORD` in it, which nobody is to be told."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import soundfile
from pyarrow.parquet import write_table
from scipy.io import savemat

VALUE = 31415.5
WORD = "Xylophonist"
ECG = np.full((250, 2), VALUE)


def mat(path: Path) -> None:
    savemat(path, {"ecg": ECG, "name": WORD})


def hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["run/ecg"] = ECG
        file["run/ecg"].attrs["unit"] = WORD
        file["gone"] = h5py.ExternalLink("/etc/passwd", "/")


def parquet(path: Path) -> None:
    write_table(pa.table({"level": [VALUE] * 3, "note": [WORD] * 3}), path)


def wav(path: Path) -> None:
    soundfile.write(path, np.zeros((800, 2)), 8000)


def edf(path: Path) -> None:
    head = f"{'0':8}{WORD:80}{WORD:80}{'01.01.01':8}{'01.01.01':8}{512:<8}{'':44}{10:<8}{2:<8}{1:<4}"
    signal = f"{'EEG Fpz':16}{'':80}{'uV':8}{-1:<8}{1:<8}{-32768:<8}{32767:<8}{'':80}{200:<8}{'':32}"
    path.write_bytes((head + signal).encode() + bytes(2 * 2000))


def json_lines(path: Path) -> None:
    rows = [{"t": VALUE, "xyz": [VALUE, 2.0, 3.0], "who": WORD, "ok": True}] * 4
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def arff(path: Path) -> None:
    path.write_text(f"@relation x\n@attribute 'the level' numeric\n@attribute class {{{WORD},b}}\n@data\n{VALUE},b\n")


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/b.csv", f"x\n{VALUE}\n")


def tarred(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(WORD)
        archive.addfile(member, io.BytesIO(WORD.encode()))
