"""What an archive may hold: plain files and folders, under names that mean the same everywhere."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from graph.errors import DatasetInvalid

LONGEST_PART = 255
LONGEST_PATH = 1024
CHUNK = 1 << 20

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Member:
    name: str
    is_folder: bool
    chunks: Iterator[bytes]
    """To be read to the end before the next member is asked for."""


def parts_of(name: str, depth: int) -> Parts:
    """The folders and the name, none for the top itself; raises DatasetInvalid for a name that is not taken."""
    problem = _problem(name)
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not problem and len(parts) > depth:
        problem = f"lies more than {depth} folders deep"
    if not problem and any(len(part.encode()) > LONGEST_PART for part in parts):
        problem = f"has a part of more than {LONGEST_PART} bytes"
    if problem:
        raise DatasetInvalid(f"the archive has a name that {problem}: {quoted(name)}")
    return parts


def _problem(name: str) -> str | None:
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "is not UTF-8"
    found = [
        (not name.isprintable(), "has characters that cannot be printed"),
        (size > LONGEST_PATH, f"has more than {LONGEST_PATH} bytes"),
        ("\\" in name, "has a backslash"),
        (name.startswith("/"), "is absolute"),
        (re.match("[A-Za-z]:", name) is not None, "begins with a drive letter"),
        (".." in name.split("/"), "has '..' in it"),
    ]
    return next((problem for wrong, problem in found if wrong), None)


def quoted(name: str) -> str:
    """In one short line, whatever it is."""
    return ascii(name if len(name) <= 80 else f"{name[:77]}...")


def is_junk(parts: Parts) -> bool:
    """What macOS puts into archives of its own accord."""
    return bool(parts) and (parts[0] == "__MACOSX" or parts[-1] == ".DS_Store")


class Tree:
    """What an archive has had so far: no name may come twice, also not where case or accents are not told apart."""

    def __init__(self) -> None:
        self._known: dict[Parts, tuple[Parts, bool]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, parts: Parts, *, is_folder: bool) -> None:
        """With the folders above it. Raises DatasetInvalid."""
        folded = tuple(_folded(part) for part in parts)
        for depth in range(1, len(parts)):
            self._claim(folded[:depth], parts[:depth], is_folder=True)
        self._claim(folded, parts, is_folder=is_folder)

    def _claim(self, folded: Parts, parts: Parts, *, is_folder: bool) -> None:
        if folded not in self._known:
            self._known[folded] = parts, is_folder
            return
        known, was_folder = self._known[folded]
        name = quoted("/".join(parts))
        if known != parts:
            other = quoted("/".join(known))
            raise DatasetInvalid(f"the archive has {other} and {name}, which differ only by case or Unicode form")
        if was_folder != is_folder:
            raise DatasetInvalid(f"the archive has a file and a folder of the name {name}")
        if not is_folder:
            raise DatasetInvalid(f"the archive has {name} twice")


def _folded(part: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", part).casefold())
