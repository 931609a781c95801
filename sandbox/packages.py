"""The packages of every sandbox, and all that these need in turn, in the versions that AutoIOT is installed with."""

from collections.abc import Mapping
from functools import cache
from importlib import metadata
from types import MappingProxyType

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: distribution -> the name it is imported by
PACKAGES = {
    "numpy": "numpy",
    "scipy": "scipy",
    "pandas": "pandas",
    "scikit-learn": "sklearn",
    "statsmodels": "statsmodels",
    "PyWavelets": "pywt",
    "wfdb": "wfdb",
    "h5py": "h5py",
    "pyarrow": "pyarrow",
    "matplotlib": "matplotlib",
}


@cache
def closure() -> Mapping[str, str]:
    """Canonical name -> version of `PACKAGES` and of whatever they need, here."""
    found: dict[str, str] = {}
    waiting, seen = [Requirement(name) for name in PACKAGES], set[tuple[str, frozenset[str]]]()
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found[name] = metadata.version(name)
        needs = map(Requirement, metadata.requires(name) or ())
        waiting += [need for need in needs if applies(need, extras)]
    return MappingProxyType(dict(sorted(found.items())))


def applies(need: Requirement, extras: frozenset[str]) -> bool:
    marker = need.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def pins(versions: Mapping[str, str]) -> list[str]:
    """As in requirements.txt."""
    return [f"{name}=={version}" for name, version in versions.items()]
