"""Which sandbox is used here."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.base import Sandbox
from sandbox.bubblewrap import BubblewrapSandbox, find_bwrap
from sandbox.docker import DockerSandbox
from sandbox.docker_engine import connect
from sandbox.errors import PackagesMissing, SandboxUnavailable
from sandbox.images import image_tag
from sandbox.images.extended import build_extended, is_built
from sandbox.process import ProcessSandbox
from sandbox.record import Record, pick
from sandbox.store import Store
from sandbox.venvs import base_name, build_venv

AUTO = "auto"
BACKENDS = ("docker", "bubblewrap", "process")


def open_docker(owner: str, packages: tuple[str, ...] = (), store: Store | None = None) -> Sandbox:
    tag = image_tag()
    return docker_on(chosen(Record("docker", tag, tag), packages, store), owner, packages, store)


def docker_on(record: Record, owner: str, packages: tuple[str, ...], store: Store | None) -> Sandbox:
    client = connect()
    sandbox = DockerSandbox(image=record.target, owner=owner, client=client, environment=record.environment(packages))
    if store and record.target != record.base:
        # The image may have been removed; its wheels are still here, and no network is needed.
        replace(sandbox, image=record.base).probe()
        if not is_built(client, record.target):
            build_extended(client, store, record)
    sandbox.probe()
    sandbox.sweep()
    return sandbox


def open_bubblewrap(owner: str, packages: tuple[str, ...] = (), store: Store | None = None) -> Sandbox:
    return bubblewrap_on(chosen(own_python(), packages, store), owner, packages, store)


def bubblewrap_on(record: Record, owner: str, packages: tuple[str, ...], store: Store | None) -> Sandbox:
    find_bwrap()
    sandbox = BubblewrapSandbox(owner=owner, environment=record.environment(packages))
    if store and record.target != record.base:
        sandbox = replace(sandbox, python=str(build_venv(store, record)))
    sandbox.sweep()
    try:
        sandbox.probe()
    except SandboxUnavailable:
        # Root without the rights of root, as in many containers: results then say `bubblewrap-rlimits`.
        sandbox = replace(sandbox, with_cgroups=False)
        sandbox.probe()
    return sandbox


def open_process(owner: str, packages: tuple[str, ...] = (), store: Store | None = None) -> Sandbox:
    own = own_python()
    if not own.serves(packages):
        raise PackagesMissing(f"The plain process has no {', '.join(packages)}. Choose docker or bubblewrap")
    return ProcessSandbox(environment=own.environment(packages))


def own_python() -> Record:
    """AutoIOT's own: it has the packages of every sandbox, too."""
    return Record("bubblewrap", base_name(), base_name())


def open_built(record: Record, owner: str, store: Store) -> Sandbox:
    """The sandbox on just this one, with all that was asked for it; raises SandboxUnavailable."""
    opener = docker_on if record.backend == "docker" else bubblewrap_on
    return opener(record, owner, record.asked, store)


def chosen(base: Record, packages: tuple[str, ...], store: Store | None) -> Record:
    """`base`, which has no further packages, or what was built on it. Raises PackagesMissing."""
    built = store.records(base.backend, base.base) if store else []
    record = pick([base, *built], packages)
    if record is None:
        option = "" if base.backend == "docker" else f" --backend {base.backend}"
        raise PackagesMissing(
            f"Nothing is built for {base.backend} that has {', '.join(packages)}."
            f" Run: autoiot images build --task FILE{option}"
        )
    return record


OPENERS: dict[str, Callable[[str, tuple[str, ...], Store | None], Sandbox]] = {
    "docker": open_docker,
    "bubblewrap": open_bubblewrap,
    "process": open_process,
}


def open_sandbox(name: str, owner: str, *, packages: tuple[str, ...] = (), store: Store | None = None) -> Sandbox:
    """The backend called `name`; for `auto` Docker where it works, else bubblewrap, never the plain process.

    `packages` are what a task asks for beyond those of every sandbox; `store` knows what was built with such.
    Raises SandboxUnavailable, with what to install or, as PackagesMissing, what to build.
    """
    if name in OPENERS:
        return OPENERS[name](owner, packages, store)
    if name != AUTO:
        raise SandboxUnavailable(f"There is no sandbox {name!r}. Choose one of: {', '.join((AUTO, *BACKENDS))}")
    reasons: list[SandboxUnavailable] = []
    for candidate in ("docker", "bubblewrap"):
        try:
            return OPENERS[candidate](owner, packages, store)
        except SandboxUnavailable as error:
            reasons.append(error)
    for reason in reasons:
        if isinstance(reason, PackagesMissing):
            raise reason
    raise SandboxUnavailable("Nothing here can confine a program. " + " Or: ".join(map(str, reasons)))
