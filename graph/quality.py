"""What reading a program says of how it is written."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["bug", "security", "smell"]

COMPLEX = 10
"""Ways through a function beyond which it counts as a smell (McCabe, IEEE Trans. Software Engineering, 1976)."""
COMPLEXITY = re.compile(r"\((\d+) > \d+\)$")
DANGEROUS = frozenset({"S102", "S307", "S310", "S501", "S506", "S602", "S604", "S605"})
"""Code that is run from text, addresses that are opened, shells: no program needs them here, so they are repaired."""
KINDS: tuple[tuple[str, Kind], ...] = (("SIM", "smell"), ("S", "security"), ("C9", "smell"), ("PLR", "smell"))


@dataclass(frozen=True)
class Finding:
    """Of a linter, by its code for it."""

    code: str
    line: int
    message: str

    @property
    def kind(self) -> Kind:
        for start, kind in KINDS:
            if self.code.startswith(start):
                return kind
        return "bug"


@dataclass(frozen=True)
class Quality:
    """Counts, as the paper's SonarQube gave them."""

    bugs: int
    security: int
    smells: int
    complexity: int
    """Of the most complex function: ways through it."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def count(findings: Iterable[Finding]) -> Quality:
    """`findings` name the complexity of every function, whether or not it is high."""
    found = list(findings)
    ways = [_ways(one) for one in found if one.code == "C901"]
    kinds = [one.kind for one in found if one.code != "C901"]
    return Quality(
        bugs=kinds.count("bug"),
        security=kinds.count("security"),
        smells=len(smells(found)),
        complexity=max(ways, default=0),
    )


def smells(findings: Iterable[Finding]) -> list[str]:
    """Those that count as smells, each as a line for the model that writes the program more simply."""
    return [
        f"line {one.line}: {one.message} ({one.code})"
        for one in findings
        if one.kind == "smell" and (one.code != "C901" or _ways(one) > COMPLEX)
    ]


def _ways(finding: Finding) -> int:
    match = COMPLEXITY.search(finding.message)
    return int(match[1]) if match else 0


def to_repair(findings: Iterable[Finding]) -> list[str]:
    """Those that are not to stay, each as a line for the model that repairs them."""
    return [f"line {one.line}: {one.message} ({one.code})" for one in findings if one.code in DANGEROUS]
