"""Looking, from inside, at whether a sandbox is what it was built as."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import canonicalize_name

from sandbox.base import Program, Sandbox
from sandbox.limits import Limits
from sandbox.packages import closure

MOST = 5
"""So many findings are told: one cause often has many."""
SOURCE = """
import importlib, os, stat, sys
from importlib import metadata, util

def versions():
    for name, version in {versions!r}.items():
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield f"{{name}} {{version}} is not installed"
            continue
        if found != version:
            yield f"{{name}}: {{found}} instead of {{version}}"

def modules():
    for name in {imports!r}:
        try:
            module = importlib.import_module(name)
        except Exception as error:
            yield f"{{name}} cannot be imported: {{type(error).__name__}}: {{error}}"
            continue
        file = getattr(module, "__file__", None) or ""
        if file.endswith(".py") and not os.path.exists(util.cache_from_source(file)):
            yield f"{{name}} is not compiled"

def privileged():
    for folder, folders, files in os.walk("/"):
        folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/proc", "/sys", "/dev")]
        for path in (os.path.join(folder, f) for f in files):
            try:
                mode = os.lstat(path).st_mode
                works = stat.S_ISREG(mode) and mode & 0o6000 and not os.statvfs(path).f_flag & os.ST_NOSUID
            except OSError:
                continue
            if works:
                yield f"{{path}} would run with the rights of its owner"

found = [*versions(), *modules(), *privileged(), *(["programs run as root"] if os.getuid() == 0 else [])]
print(*found, sep="\\n")
"""


async def inspect(sandbox: Sandbox, more: Mapping[str, str]) -> list[str]:
    """What is wrong with it: the first few findings, one line each.

    `more` has the versions of what it has beyond the packages of every sandbox, by name. Raises SandboxError.
    """
    imports = [name for package in sandbox.environment.packages for name in package.imports]
    versions = {**closure(), **{canonicalize_name(name): version for name, version in more.items()}}
    with TemporaryDirectory(prefix="autoiot-empty-") as empty:
        await asyncio.to_thread(Path(empty).chmod, 0o755)
        try:
            program = Program(SOURCE.format(versions=versions, imports=imports), Path(empty))
            result = await sandbox.run(program, Limits())
        finally:
            await sandbox.close()
    if not result.ok:
        return [f"the check ended with {result.outcome}: {(result.stderr.strip().splitlines() or ['no message'])[-1]}"]
    return result.stdout.strip().splitlines()[:MOST]
