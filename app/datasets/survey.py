"""What the files of a folder hold: read in the sandbox, where a file that misleads its parser does no harm.

It imports, of ours, only what is listed in `app.datasets.surveyor`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.datasets.schema import schema
from app.datasets.statistics import statistics

RESULT = "survey.json"


@dataclass(frozen=True)
class Survey:
    formats: list[str]
    """A line or a few for each kind of file."""
    values: list[str]
    """Ranges and means, where they are wanted."""


def survey(root: Path, parts: Sequence[str], valued: str | None) -> Survey:
    """Of the folders `parts` of `root`; of its part `valued` the values, too. The part `""` is all of it."""
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    formats = [f"{part}{' ' if part else ''}{line}" for part in parts for line in schema(root, _inside(files, part))]
    return Survey(formats, statistics(root, _inside(files, valued)) if valued is not None else [])


def _inside(files: Sequence[str], part: str) -> list[str]:
    return [file for file in files if file.startswith(f"{part}/" if part else "")]


def main(root: str, output: str, wanted: str) -> None:
    found = survey(Path(root), **json.loads(wanted))
    (Path(output) / RESULT).write_text(json.dumps(asdict(found)), encoding="utf-8")
