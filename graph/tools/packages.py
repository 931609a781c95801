"""What the packages that programs run with say of themselves: asked in the sandbox, where they are."""

import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sandbox.base import Program, Sandbox
from sandbox.limits import Limits

NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,8}")
LIMITS = Limits(seconds=60)
FILE = "docs.txt"
SOURCE = '''\
import importlib
import inspect
import sys


def find(name):
    """The object of a dotted name: as much of it as can be imported is."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise ImportError(name)


def describe(name):
    try:
        found = find(name)
    except ImportError:
        return f"{name}: no such package or module is installed"
    except AttributeError as error:
        return f"{name}: {error}"
    try:
        head = f"{name}{inspect.signature(found)}"
    except (TypeError, ValueError):
        head = name
    return f"{head}\\n\\n{inspect.getdoc(found) or 'It has no documentation.'}"


with open(sys.argv[2] + "/docs.txt", "w", encoding="utf-8") as file:
    file.write(describe(sys.argv[1]))
'''


@contextmanager
def empty_folder() -> Generator[Path]:
    """To read from: there is no need for any data."""
    with tempfile.TemporaryDirectory(prefix="autoiot-docs-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


async def package_docs(sandbox: Sandbox, name: str) -> str:
    """Signature and documentation, or one line that says what is wrong with `name`.

    Raises SandboxError.
    """
    if not NAME.fullmatch(name):
        return f"{name[:80]!r} is no dotted name"
    with empty_folder() as empty:
        result = await sandbox.run(Program(SOURCE, empty, (name, "{output}"), FILE), LIMITS)
    if FILE not in result.files:
        return f"{name}: its documentation cannot be had"
    return result.files[FILE].decode("utf-8", "replace")
