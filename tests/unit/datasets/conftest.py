"""Tiny datasets of each kind, and the real ones where they are at hand."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_datasets import BEATS, COLUMN, FOLDERS, Build, Content, write_record

SHARED = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Writes files and a description into a folder."""

    def write(files: dict[str, Content], description: str | None) -> Path:
        folder = tmp_path / "data"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if description is not None:
            (folder / "dataset.yaml").write_text(description)
        return folder

    return write


@pytest.fixture
def columns(build: Build) -> Path:
    return build({f"{unit}.csv": f"x,label\n{ord(unit)},WALKING\n2.50,SITTING\n" for unit in "abc"}, COLUMN)


@pytest.fixture
def folders(build: Build) -> Path:
    files: dict[str, Content] = {
        f"{label}/{label}_{i}.csv": f"x\n{i}{len(label)}\n" for label in ("walk", "run") for i in range(5)
    }
    return build(files, FOLDERS)


@pytest.fixture
def records(build: Build, tmp_path: Path) -> Path:
    folder = build({"README": "x"}, BEATS)
    for place, name in enumerate("abc"):
        write_record(folder, name, [100 + place, 300, 500, 700], ["N", "V", "+", "~"])
    return folder


@pytest.fixture
def real() -> Callable[[str], Path]:
    def folder(name: str) -> Path:
        if not (SHARED / name).is_dir():
            pytest.skip(f"the real data {name} is not at {SHARED}")
        return SHARED / name

    return folder
