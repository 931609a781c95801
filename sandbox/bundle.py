"""One program of several modules: a sandbox takes one file."""

from collections.abc import Sequence
from importlib.abc import InspectLoader
from importlib.util import find_spec

SOURCE = '''\
import importlib.abc
import importlib.util
import sys

SOURCES = {sources!r}


class Bundled(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports from this file what it holds."""

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name in SOURCES else None

    def get_source(self, name):
        return SOURCES[name]

    def is_package(self, name):
        return any(other.startswith(name + ".") for other in SOURCES)


# A sandbox refuses what is ours by name: this is a copy of it.
for name in SOURCES:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Bundled())
from {main} import main

main(*sys.argv[1:])
'''


def bundled(main: str, modules: Sequence[str]) -> str:
    """A program that calls `main` of the module `main` with its arguments.

    `modules` are all of ours that it needs to import, packages included; of others it has what the sandbox has.
    """
    return SOURCE.format(sources={name: _source(name) for name in (*modules, main)}, main=main)


def _source(name: str) -> str:
    spec = find_spec(name)
    assert spec and isinstance(spec.loader, InspectLoader), name
    return spec.loader.get_source(name) or ""
