"""Getting wheels from an index with pip: what it is told, and what it says."""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox.digests import sha256
from sandbox.errors import PackagesRefused
from sandbox.packages import closure, pins

Pip = Callable[[list[str], Path], None]
"""Runs pip with these arguments, where it can write to that folder; raises PackagesRefused with what pip said."""

# Wheels only: what has to be built from source would run code of strangers, with network.
POLICY = (
    *("--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--retries", "2", "--timeout", "15"),
)
FULL = "the disk is full: make room, then build again"
UNREACHABLE = (
    "connection broken",
    "Failed to establish",
    "NewConnectionError",
    "ConnectTimeout",
    "Could not fetch URL",
)


@dataclass(frozen=True)
class Fetched:
    python: str
    """Which Python the wheels are for, e.g. cpython3.11-linux-x86_64."""
    wheels: tuple[Path, ...]


def fetch(pip: Pip, wheels: Path, asked: Sequence[str], *, index: str | None = None) -> Fetched:
    """Puts into the folder `wheels` what `asked` needs beyond what is installed where `pip` is.

    The versions of the packages of every sandbox stay as they are.
    Raises PackagesRefused when there is no such wheel, or none that goes with them.
    """
    # Not below /tmp: in a container that is a place of its own.
    with tempfile.TemporaryDirectory(prefix=".pip-", dir=wheels) as folder:
        work = Path(folder)
        constraints, report = work / "constraints.txt", work / "report.json"
        constraints.write_text("\n".join(pins(closure())) + "\n", encoding="utf-8")
        shared = [*POLICY, "--cache-dir", str(work / "cache"), *(("--index-url", index) if index else ())]
        resolve = ["install", "--dry-run", "--report", str(report), "--constraint", str(constraints)]
        pip([*resolve, *shared, *asked], work)
        found = json.loads(report.read_text(encoding="utf-8"))
        missing = [item for item in found["install"] if not is_here(item, wheels)]
        if missing:
            pip(["download", "--no-deps", "--dest", str(work), *shared, *map(pin, missing)], work)
        for item in missing:
            # A whole file at once, in place of one that was changed: a killed fetch leaves none that is half.
            (work / file_name(item)).replace(wheels / file_name(item))
    return Fetched(python_of(found["environment"]), tuple(wheels / file_name(item) for item in found["install"]))


def is_here(item: dict[str, Any], wheels: Path) -> bool:
    file, expected = wheels / file_name(item), item["download_info"]["archive_info"].get("hashes", {}).get("sha256")
    return file.is_file() and sha256(file) == expected


def pin(item: dict[str, Any]) -> str:
    return f"{item['metadata']['name']}=={item['metadata']['version']}"


def file_name(item: dict[str, Any]) -> str:
    return unquote(urlsplit(item["download_info"]["url"]).path).rpartition("/")[2]


def python_of(marks: dict[str, str]) -> str:
    names = ("implementation_name", "python_version", "sys_platform", "platform_machine")
    name, version, system, machine = (marks[mark] for mark in names)
    return f"{name}{version}-{system}-{machine}"


def refusal(said: str) -> PackagesRefused:
    """What pip's last words mean, in one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    if "No space left on device" in said:
        return PackagesRefused(FULL)
    if any(mark in line for mark in UNREACHABLE for line in lines):
        return PackagesRefused("the index cannot be reached: check the network, --index and, with Docker, --network")
    wants = [line.rstrip(".") for line in lines if " depends on " in line or line.startswith("The user requested")]
    if wants:
        return PackagesRefused(f"these packages do not go together: {'; '.join(dict.fromkeys(wants))}")
    missing = next((line for line in errors if line.startswith("No matching distribution")), None)
    if missing:
        return PackagesRefused(f"{missing}: no such package or version, or none as a wheel for this Python")
    return PackagesRefused(f"pip failed: {(errors or lines or ['without a word'])[-1]}")
