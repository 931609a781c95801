"""What is built here, and whether runs still use it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import requests
from docker.errors import DockerException

from sandbox.docker_engine import connect
from sandbox.errors import SandboxUnavailable
from sandbox.images import BASE, LABEL, image_tag
from sandbox.record import Backend, Record
from sandbox.store import Store
from sandbox.venvs import base_name, is_ready

MB = 1_000_000
State = Literal["in use", "old", "gone", "of another home"]
"""`old`: AutoIOT has other packages now. `gone`: there is a record, and the next run that needs it builds it again."""


@dataclass(frozen=True)
class Item:
    where: str
    """The tag of the image, or the folder."""
    backend: Backend
    more: str
    """The packages that were asked for beyond those of every sandbox."""
    state: State
    size_mb: float | None = None
    created: str = ""
    record: Record | None = None


def inventory(store: Store) -> list[Item]:
    """Raises SandboxUnavailable for a record that cannot be read. Without an engine there are no images to see."""
    records = {record.target: record for record in store.all()}
    return [*images(records), *environments(store, records)]


def images(records: dict[str, Record]) -> Iterator[Item]:
    try:
        found = connect().images.list(filters={"label": LABEL, "dangling": False})
    except (SandboxUnavailable, DockerException, requests.RequestException):
        return
    base, seen = image_tag(), set[str]()
    for image in found:
        for tag in image.tags:
            seen.add(tag)
            yield image_item(image, tag, Record("docker", base, base) if tag == base else records.get(tag))
    for tag, record in records.items():
        if record.backend == "docker" and tag not in seen:
            yield Item(tag, "docker", ", ".join(record.asked), "gone" if record.base == base else "old", record=record)


def image_item(image: Any, tag: str, record: Record | None) -> Item:
    asked = image.labels[LABEL]
    is_base = asked == BASE
    state: State = "old" if is_base or record else "of another home"
    if record and record.base == image_tag():
        state = "in use"
    size, created = image.attrs["Size"] / MB, image.attrs["Created"]
    # Others may have been asked for later, and be in the same image.
    more = ", ".join(record.asked) if record else "" if is_base else asked
    return Item(tag, "docker", more, state, size, created, record)


def environments(store: Store, records: dict[str, Record]) -> Iterator[Item]:
    for target, record in records.items():
        if record.backend != "bubblewrap":
            continue
        folder = store.environments / target
        ready = is_ready(folder)
        state: State = "old" if record.base != base_name() else "in use" if ready else "gone"
        size = size_of(folder) / MB if ready else None
        yield Item(str(folder), "bubblewrap", ", ".join(record.asked), state, size, record.created, record)


def size_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))
