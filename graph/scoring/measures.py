"""The metrics of scikit-learn, which take seconds to import: only where something is scored."""

from importlib import import_module
from typing import Any


def measures() -> Any:
    return import_module("sklearn.metrics")
