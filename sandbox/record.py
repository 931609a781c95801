"""What was built once for the packages that tasks ask for, and which of it serves a task."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from packaging.utils import canonicalize_name

from sandbox.environment import Environment, Package, base_environment, base_package
from sandbox.packages import closure
from sandbox.requirement import read_requirement, satisfied

Backend = Literal["docker", "bubblewrap"]


@dataclass(frozen=True)
class Record:
    backend: Backend
    base: str
    """What it was built upon: the tag of the image, or the name of a Python with the packages of every sandbox."""
    target: str
    """The tag of the image, or the name of the folder."""
    asked: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    """What it has beyond the packages of every sandbox."""
    wheels: dict[str, str] = field(default_factory=dict[str, str])
    """File name -> SHA-256 of what it was built from."""
    python: str = ""
    created: str = ""
    """UTC, in the format of ISO 8601."""

    def serves(self, asked: Iterable[str]) -> bool:
        return satisfied(asked, {**closure(), **{canonicalize_name(p.name): p.version for p in self.packages}})

    def environment(self, asked: Iterable[str]) -> Environment:
        """What a program may import whose task asks for these: not what was built for others."""
        more = {canonicalize_name(package.name): package for package in self.packages}
        names = [canonicalize_name(read_requirement(text).name) for text in asked]
        return base_environment().with_packages(more.get(name) or base_package(name) for name in names)


def pick(records: Iterable[Record], asked: tuple[str, ...]) -> Record | None:
    """The one with the fewest packages that has all that is asked for, then the newest."""
    newest_first = sorted(records, key=lambda record: record.created, reverse=True)
    serving = [record for record in newest_first if record.serves(asked)]
    return min(serving, key=lambda record: len(record.packages), default=None)
