"""What a program may import: the standard library, the packages of every sandbox, and those that its task asks for."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata

from packaging.utils import canonicalize_name
from packaging.version import Version

from sandbox.packages import PACKAGES, closure

BESIDE = frozenset({"tests", "test", "docs", "examples", "benchmarks"})
"""What packages install beside themselves by mistake: no program needs it, and it may need what is not there."""


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    imports: tuple[str, ...]
    """The names that it is imported by."""

    @property
    def pin(self) -> str:
        # Without what an index of its own appends, as in 2.13.0+cpu: another index does not have that one.
        return f"{self.name}=={Version(self.version).public}"


@dataclass(frozen=True)
class Environment:
    packages: tuple[Package, ...]

    def importable(self) -> frozenset[str]:
        return frozenset(sys.stdlib_module_names).union(*(package.imports for package in self.packages))

    def requirements(self, names: frozenset[str] | None = None) -> list[str]:
        """Exact versions, as in requirements.txt; with `names`, of those packages that are imported by them."""
        wanted = (p for p in self.packages if names is None or not names.isdisjoint(p.imports))
        return [package.pin for package in wanted]

    def with_packages(self, more: Iterable[Package]) -> "Environment":
        """Those too, but for the ones that are here already."""
        here = {canonicalize_name(package.name) for package in self.packages}
        new = (package for package in more if canonicalize_name(package.name) not in here)
        return replace(self, packages=(*self.packages, *new))


@cache
def base_environment() -> Environment:
    """What every sandbox has."""
    versions = closure()
    return Environment(tuple(Package(n, versions[canonicalize_name(n)], (i,)) for n, i in PACKAGES.items()))


def base_package(name: str) -> Package:
    """One that is installed in every sandbox, maybe only because another needs it; `name` is canonical."""
    return Package(name, closure()[name], import_names(str(path) for path in metadata.files(name) or ()))


def import_names(files: Iterable[str]) -> tuple[str, ...]:
    """What can be imported from a distribution with these files, relative to where it is installed or zipped."""
    found: set[str] = set()
    for file in files:
        parts = file.split("/")
        if parts[0].endswith(".data") and len(parts) > 2 and parts[1] in ("purelib", "platlib"):
            parts = parts[2:]
        if parts[-1].endswith((".py", ".so")):
            # Of a module alone, `six.py` or `_x.cpython-311-x86_64-linux-gnu.so`, the name up to the first dot.
            found.add(parts[0] if len(parts) > 1 else parts[0].split(".", 1)[0])
    return tuple(sorted(name for name in found - BESIDE if name.isidentifier()))
