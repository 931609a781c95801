"""The Python that runs programs without an image: what of it has to be visible inside."""

import os
import sys
from pathlib import Path

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32")
ENVIRONMENT = "/opt/venv"
# Not the whole prefix: it may be a home or a checkout, with keys and data beside `bin` and `lib`.
PARTS = ("pyvenv.cfg", "bin", "lib", "lib64", "share/zoneinfo")


def executable() -> str:
    """The running Python, by a name inside its own prefix.

    `sys.executable` may be a link from elsewhere, e.g. ~/.local/bin/python3.11: that folder stays hidden.
    """
    found = Path(sys.executable)
    in_environment = (found.parent.parent / "pyvenv.cfg").is_file()
    return str(found if in_environment else found.resolve())


def prefixes(python: str) -> list[Path]:
    """The environment, the installation that it was made from, and the places its links go through."""
    step, found = Path(python), [Path(python).parent.parent]
    while step.is_symlink():
        step = Path(os.path.normpath(step.parent / step.readlink()))
        found.append(step.parent.parent)
    return list(dict.fromkeys([*found, step.resolve().parent.parent]))


def visible_parts(python: str) -> list[Path]:
    """What to show of it, where that is not part of the system anyway; parents come before children."""
    parts = [prefix / part for prefix in prefixes(python) for part in PARTS]
    return sorted({p for p in parts if p.exists() and not any(p.is_relative_to(s) for s in SYSTEM_FOLDERS)})


def interpreter_names(python: str) -> dict[str, str]:
    """What the folders of the interpreter are called in what programs print: as in the image."""
    environment, *installations = (folder for folder in prefixes(python) if folder != Path("/"))
    return {str(folder): "/usr" for folder in installations} | {str(environment): ENVIRONMENT}
