"""Imports of much that stays for as long as the process."""

import gc
from importlib import import_module
from types import ModuleType


def import_for_good(*names: str) -> list[ModuleType]:
    """Without the collector, which takes a fifth of the time of an import and finds next to nothing in what it makes.

    What is there afterwards is never looked at by it again, so that forked processes go on sharing that memory.
    """
    gc.disable()
    try:
        return [import_module(name) for name in names]
    finally:
        gc.freeze()
        gc.enable()
