"""Which sandbox is used here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.base import Sandbox, Starter
from sandbox.bubblewrap import BubblewrapSandbox, find_bwrap
from sandbox.docker import DockerSandbox
from sandbox.docker_engine import connect
from sandbox.errors import NEEDS_DOCKER, GpuUnavailable, PackagesMissing, SandboxUnavailable
from sandbox.images import image_tag, is_built
from sandbox.images.extended import build_extended
from sandbox.pool import IDLE_SECONDS, PooledSandbox
from sandbox.process import ProcessSandbox
from sandbox.record import Record, pick
from sandbox.slots import Slots, usual_number
from sandbox.store import Store
from sandbox.venvs import base_name, build_venv

AUTO = "auto"
BACKENDS = ("docker", "bubblewrap", "process")


@dataclass(frozen=True)
class Options:
    packages: tuple[str, ...] = ()
    """What a task asks for beyond the packages of every sandbox."""
    store: Store | None = None
    """Knows what was built with such."""
    gpu: bool = False
    """Programs will ask for one."""
    ready: int = 0
    """How many sandboxes are kept started before there is a program for them; 0: none."""
    idle_seconds: float = IDLE_SECONDS
    """For how long."""
    slots: Slots | None = None
    """How many programs run at once in Docker, in all sandboxes that share it; none: twice as many as CPUs."""
    runtime: str | None = None
    """Of Docker Engine, e.g. `runsc`; none: its usual one."""


NONE = Options()


def open_docker(owner: str, options: Options) -> Sandbox:
    tag = image_tag()
    return docker_on(chosen(Record("docker", tag, tag), options), owner, options)


def docker_on(record: Record, owner: str, options: Options) -> Sandbox:
    client = connect()
    sandbox = DockerSandbox(
        image=record.target,
        owner=owner,
        client=client,
        environment=record.environment(options.packages),
        runtime=options.runtime,
        slots=options.slots or Slots(usual_number()),
    )
    if options.store and record.target != record.base:
        # The image may have been removed; its wheels are still here, and no network is needed.
        replace(sandbox, image=record.base).probe()
        if not is_built(client, record.target):
            build_extended(client, options.store, record)
    sandbox.probe()
    sandbox.sweep()
    if options.gpu:
        sandbox.probe_gpu()
    return pooled(sandbox, options)


def open_bubblewrap(owner: str, options: Options) -> Sandbox:
    return bubblewrap_on(chosen(own_python(), options), owner, options)


def bubblewrap_on(record: Record, owner: str, options: Options) -> Sandbox:
    if options.gpu:
        raise GpuUnavailable(NEEDS_DOCKER)
    find_bwrap()
    sandbox = BubblewrapSandbox(owner=owner, environment=record.environment(options.packages))
    if options.store and record.target != record.base:
        sandbox = replace(sandbox, python=str(build_venv(options.store, record)))
    sandbox.sweep()
    try:
        sandbox.probe()
    except SandboxUnavailable:
        # Root without the rights of root, as in many containers: results then say `bubblewrap-rlimits`.
        sandbox = replace(sandbox, with_cgroups=False)
        sandbox.probe()
    return pooled(sandbox, options)


def open_process(owner: str, options: Options) -> Sandbox:
    if options.gpu:
        raise GpuUnavailable(NEEDS_DOCKER)
    own = own_python()
    if not own.serves(options.packages):
        raise PackagesMissing(f"The plain process has no {', '.join(options.packages)}. Choose docker or bubblewrap")
    return ProcessSandbox(environment=own.environment(options.packages))


def pooled(sandbox: Starter, options: Options) -> Sandbox:
    return PooledSandbox(sandbox, options.ready, options.idle_seconds) if options.ready else sandbox


def own_python() -> Record:
    """AutoIOT's own: it has the packages of every sandbox, too."""
    return Record("bubblewrap", base_name(), base_name())


def open_built(record: Record, owner: str, store: Store) -> Sandbox:
    """The sandbox on just this one, with all that was asked for it; raises SandboxUnavailable."""
    opener = docker_on if record.backend == "docker" else bubblewrap_on
    return opener(record, owner, Options(record.asked, store))


def chosen(base: Record, options: Options) -> Record:
    """`base`, which has no further packages, or what was built on it. Raises PackagesMissing."""
    built = options.store.records(base.backend, base.base) if options.store else []
    record = pick([base, *built], options.packages)
    if record is None:
        option = "" if base.backend == "docker" else f" --backend {base.backend}"
        raise PackagesMissing(
            f"Nothing is built for {base.backend} that has {', '.join(options.packages)}."
            f" Run: autoiot images build --task FILE{option}"
        )
    return record


OPENERS: dict[str, Callable[[str, Options], Sandbox]] = {
    "docker": open_docker,
    "bubblewrap": open_bubblewrap,
    "process": open_process,
}


def open_sandbox(name: str, owner: str, options: Options = NONE) -> Sandbox:
    """The backend called `name`; for `auto` Docker where it works, else bubblewrap, never the plain process.

    Raises SandboxUnavailable, with what to install or, as PackagesMissing, what to build.
    """
    if name in OPENERS:
        return OPENERS[name](owner, options)
    if name != AUTO:
        raise SandboxUnavailable(f"There is no sandbox {name!r}. Choose one of: {', '.join((AUTO, *BACKENDS))}")
    reasons: list[SandboxUnavailable] = []
    for candidate in ("docker", "bubblewrap"):
        try:
            return OPENERS[candidate](owner, options)
        except SandboxUnavailable as error:
            reasons.append(error)
    for reason in reasons:
        if isinstance(reason, PackagesMissing):
            raise reason
    raise SandboxUnavailable("Nothing here can confine a program. " + " Or: ".join(map(str, reasons)))
