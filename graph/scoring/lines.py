"""Where in a file something is wrong, in words that fit on one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """The first line that breaks a rule, and how many do."""

    line: int
    count: int

    def __str__(self) -> str:
        more = f" (and {self.count - 1} more)" if self.count > 1 else ""
        return f"line {self.line}{more}"


def first(broken: Any) -> Place | None:
    """The first place where `broken`, a boolean Series indexed by line number, is true."""
    count = int(broken.sum())
    return Place(int(broken.idxmax()), count) if count else None


def quote(text: str, width: int = 60) -> str:
    """`text` in quotes, without newlines or other characters that cannot be seen, cut at `width`."""
    return repr(text if len(text) <= width else text[:width] + "…")


def some(names: Sequence[str], count: int = 5) -> str:
    """The first few names, and how many there are when that is more."""
    shown = ", ".join(quote(name) for name in names[:count])
    return shown if len(names) <= count else f"{shown}, … ({len(names)} in all)"


def last_line(text: str, width: int = 500) -> str:
    """The last line of `text` that is not blank, cut at `width`; empty when there is none."""
    lines = text.strip().splitlines()
    return lines[-1].strip()[:width] if lines else ""
