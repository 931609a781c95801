"""What files of further formats hold: names, types, shapes, rates and units, and no value.

Each reader gives one line for one file, and raises whatever its library does where the file is damaged.
"""

import json
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

LINES = 200
"""Of a file of JSON lines that are looked at."""
PARTS = 20
"""Of a file that are named."""
MEMBERS = 2000


def mat(path: Path) -> str:
    """MATLAB up to version 7.2; later ones are HDF5."""
    from scipy.io import whosmat  # noqa: PLC0415 (slow to import, seldom needed)

    with path.open("rb") as file:
        if file.read(512).startswith(b"MATLAB 7.3"):
            return f"MATLAB 7.3, which is HDF5 (h5py, axes reversed): {_hdf5_parts(path)}"
    parts = [f"{name} ({kind}, shape {_shape(shape)})" for name, shape, kind in whosmat(str(path))]
    return f"MATLAB, scipy.io.loadmat: {_listed(parts)}"


def hdf5(path: Path) -> str:
    return f"HDF5, h5py: {_hdf5_parts(path)}"


def _hdf5_parts(path: Path) -> str:
    import h5py  # noqa: PLC0415

    parts: list[str] = []

    def visit(name: str, node: Any) -> None:
        if isinstance(node, h5py.Dataset) and len(parts) <= PARTS:
            named = ", ".join(sorted(str(key) for key in node.attrs))
            more = f", attributes {named}" if named else ""
            parts.append(f"{name} ({node.dtype}, shape {_shape(node.shape)}{more})")

    # No link is followed out of the file: `visititems` goes along hard ones only.
    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return _listed(parts)


def parquet(path: Path) -> str:
    from pyarrow import parquet as pq  # noqa: PLC0415

    file: Any = pq.ParquetFile(path)
    parts = [f"{field.name} ({field.type})" for field in file.schema_arrow]
    return f"Parquet with {file.metadata.num_rows} rows: {_listed(parts)}"


def wav(path: Path) -> str:
    import soundfile  # noqa: PLC0415

    found: Any = soundfile.info(str(path))
    return f"sound, {found.subtype}, {found.samplerate} Hz, {found.channels} channels, duration {found.duration:.1f} s"


def edf(path: Path) -> str:
    """Read by hand: a header has names of patients, which no library shall get hold of."""
    with path.open("rb") as file:
        head = file.read(256)
        count = int(head[252:256])
        if not 0 < count <= 4096:
            raise ValueError("signals")
        rest = file.read(256 * count)
    records, seconds = int(head[236:244]), float(head[244:252])

    def field(start: int, width: int) -> list[str]:
        place = start * count
        return [rest[place + n * width : place + (n + 1) * width].decode("latin-1").strip() for n in range(count)]

    names, units, samples = field(0, 16), field(96, 8), [int(text) for text in field(216, 8)]
    signals = zip(names, units, samples, strict=True)
    rates = [f"{name} ({unit or 'no unit'}, {n / seconds:g} Hz)" for name, unit, n in signals]
    return f"EDF, duration {records * seconds:.1f} s: {_listed(rates)}"


def json_lines(path: Path) -> str:
    kinds: dict[str, set[str]] = {}
    with path.open(encoding="utf-8") as file:
        for line in islice(file, LINES):
            value = json.loads(line) if line.strip() else {}
            for name, found in value.items() if isinstance(value, dict) else ():
                kinds.setdefault(str(name), set()).add(_kind(found))
    with path.open("rb") as file:
        count = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    parts = [f"{name} ({' or '.join(sorted(found))})" for name, found in kinds.items()]
    return f"JSON, one object a line, {count} lines: {_listed(parts)}"


def _kind(value: object) -> str:
    if isinstance(value, list):
        return f"list of {len(value)}" if value else "empty list"
    names: dict[type, str] = {str: "text", bool: "yes or no", int: "integer", float: "float", dict: "object"}
    return names.get(type(value), "nothing")


def arff(path: Path) -> str:
    parts, rows, is_data = list[str](), 0, False
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            text = line.strip()
            if is_data:
                rows += bool(text) and not text.startswith("%")
            elif text.lower().startswith("@data"):
                is_data = True
            elif text.lower().startswith("@attribute") and len(parts) <= PARTS:
                parts.append(_attribute(text))
    if not parts:
        raise ValueError("attributes")
    return f"ARFF with {rows} rows: {_listed(parts)}"


def _attribute(text: str) -> str:
    _, _, rest = text.partition(" ")
    rest = rest.strip()
    name, _, kind = rest[1:].partition(rest[0]) if rest[:1] in "'\"" else rest.partition(" ")
    # The values of a nominal attribute are classes, or cells.
    return f"{name} ({'one of several names' if '{' in kind else kind.strip().split()[0].lower()})"


def zipped(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return _members([info.filename for info in archive.infolist()[:MEMBERS] if not info.is_dir()])


def tarred(path: Path) -> str:
    with tarfile.open(path) as archive:
        return _members([member.name for member in islice(archive, MEMBERS) if member.isfile()])


def _members(names: list[str]) -> str:
    suffixes = Counter(PurePosixPath(name).suffix.lower() or "without suffix" for name in names)
    counts = ", ".join(f"{count} {suffix}" for suffix, count in suffixes.most_common(8))
    return f"archive of {len(names)} files: {counts}"


def _shape(lengths: Any) -> str:
    return " x ".join(str(int(length)) for length in lengths) or "single value"


def _listed(parts: list[str]) -> str:
    more = ", and more" if len(parts) > PARTS else ""
    shown = ["".join(letter if letter.isprintable() else "?" for letter in part)[:200] for part in parts[:PARTS]]
    return (", ".join(shown) or "nothing") + more


READERS: dict[str, Callable[[Path], str]] = {
    ".mat": mat,
    **dict.fromkeys((".h5", ".hdf5", ".hdf"), hdf5),
    **dict.fromkeys((".parquet", ".pq"), parquet),
    **dict.fromkeys((".wav", ".flac", ".ogg"), wav),
    **dict.fromkeys((".edf", ".bdf"), edf),
    **dict.fromkeys((".jsonl", ".ndjson"), json_lines),
    ".arff": arff,
    ".zip": zipped,
    **dict.fromkeys((".tar", ".tgz", ".gz", ".bz2", ".xz"), tarred),
}
"""By suffix."""
