"""Building, once, what programs run in: with network, for an operator. Runs find what is built by its record."""

import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.utils import canonicalize_name

from sandbox.digests import digests
from sandbox.environment import Package, import_names
from sandbox.errors import PackagesRefused
from sandbox.images import build, image_tag, is_built
from sandbox.images.extended import build_extended, extended_tag, pip_inside
from sandbox.packages import closure, pins
from sandbox.pip import Fetched, fetch
from sandbox.record import Backend, Record
from sandbox.store import Store
from sandbox.venvs import base_name, build_venv, folder_name, make_venv, own_pip, python_of

INFO = re.compile(r"[^/]+\.dist-info/METADATA")


def prepare_docker(
    client: Any,
    store: Store,
    owner: str,
    asked: Sequence[str] = (),
    *,
    base_image: str | None = None,
    network: str | None = None,
    index: str | None = None,
) -> Record:
    """The image with these packages; raises SandboxUnavailable, with PackagesRefused for what cannot be had."""
    base = image_tag()
    if base_image or not is_built(client, base):
        build(client, base_image=base_image, network=network)
    if not asked:
        return Record("docker", base, base)
    with store.locked():
        fetched = fetch(pip_inside(client, base, owner, network), store.wheels, asked, index=index)
    if not fetched.wheels:
        return Record("docker", base, base)
    record = described("docker", base, extended_tag(base, fetched.wheels), asked, fetched)
    if base_image or not is_built(client, record.target):
        build_extended(client, store, record)
    store.save(record)
    return record


def prepare_bubblewrap(store: Store, asked: Sequence[str] = (), *, index: str | None = None) -> Record:
    """The virtual environment with these packages; raises SandboxUnavailable, as `prepare_docker`."""
    with store.locked(), TemporaryDirectory(prefix=".empty-", dir=store.environments) as folder:
        # An environment of its own: in AutoIOT's, packages count as installed that programs shall not see.
        empty = Path(folder)
        make_venv(empty)
        fetched = fetch(own_pip(python_of(empty)), store.wheels, [*pins(closure()), *asked], index=index)
    record = described("bubblewrap", base_name(), folder_name(fetched.wheels), asked, fetched)
    build_venv(store, record)
    store.save(record)
    return record


def described(backend: Backend, base: str, target: str, asked: Sequence[str], fetched: Fetched) -> Record:
    packages = (read_wheel(wheel) for wheel in fetched.wheels)
    return Record(
        backend=backend,
        base=base,
        target=target,
        asked=tuple(asked),
        packages=tuple(package for package in packages if canonicalize_name(package.name) not in closure()),
        wheels=digests(fetched.wheels),
        python=fetched.python,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def read_wheel(wheel: Path) -> Package:
    """Raises PackagesRefused for a file that is none."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = next(name for name in archive.namelist() if INFO.fullmatch(name))
            about = message_from_bytes(archive.read(info))
            return Package(about["Name"], about["Version"], import_names(archive.namelist()))
    except (zipfile.BadZipFile, StopIteration) as error:
        raise PackagesRefused(f"{wheel}: not a wheel; remove it") from error
