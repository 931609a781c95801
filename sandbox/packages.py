"""What a program may import: the standard library and these, in every sandbox."""

import sys
from importlib import metadata

#: distribution -> the name it is imported by
PACKAGES = {
    "numpy": "numpy",
    "scipy": "scipy",
    "pandas": "pandas",
    "scikit-learn": "sklearn",
    "PyWavelets": "pywt",
    "wfdb": "wfdb",
    "matplotlib": "matplotlib",
}


def importable() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names) | frozenset(PACKAGES.values())


def requirements(names: frozenset[str] = frozenset(PACKAGES.values())) -> list[str]:
    """Exact versions, as in requirements.txt, of those packages that are imported by `names`."""
    return [f"{dist}=={metadata.version(dist)}" for dist, name in PACKAGES.items() if name in names]
