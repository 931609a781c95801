"""Which sandbox is used here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.base import Sandbox, Starter
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.errors import NEEDS_DOCKER, GpuUnavailable, SandboxUnavailable
from sandbox.images import image_tag
from sandbox.pool import IDLE_SECONDS, PooledSandbox
from sandbox.process import ProcessSandbox
from sandbox.slots import Slots, usual_number

AUTO = "auto"
BACKENDS = ("docker", "bubblewrap", "process")


@dataclass(frozen=True)
class Options:
    ready: int = 0
    """How many sandboxes are kept started before there is a program for them; 0: none."""
    idle_seconds: float = IDLE_SECONDS
    """For how long."""
    at_once: int | None = None
    """How many programs run at once in Docker; none: twice as many as there are CPUs."""
    runtime: str | None = None
    """Of Docker Engine, e.g. `runsc`; none: its usual one."""
    gpu: bool = False
    """Programs will ask for one."""


NONE = Options()


def open_docker(owner: str, options: Options) -> Sandbox:
    slots = Slots(options.at_once or usual_number())
    sandbox = DockerSandbox(image=image_tag(), owner=owner, runtime=options.runtime, slots=slots)
    sandbox.probe()
    sandbox.sweep()
    if options.gpu:
        sandbox.probe_gpu()
    return pooled(sandbox, options)


def open_bubblewrap(owner: str, options: Options) -> Sandbox:
    if options.gpu:
        raise GpuUnavailable(NEEDS_DOCKER)
    sandbox = BubblewrapSandbox(owner=owner)
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
    return ProcessSandbox()


def pooled(sandbox: Starter, options: Options) -> Sandbox:
    return PooledSandbox(sandbox, options.ready, options.idle_seconds) if options.ready else sandbox


OPENERS: dict[str, Callable[[str, Options], Sandbox]] = {
    "docker": open_docker,
    "bubblewrap": open_bubblewrap,
    "process": open_process,
}


def open_sandbox(name: str, owner: str, options: Options = NONE) -> Sandbox:
    """The backend called `name`; for `auto` Docker where it works, else bubblewrap, never the plain process.

    Raises SandboxUnavailable, with what to install.
    """
    if name in OPENERS:
        return OPENERS[name](owner, options)
    if name != AUTO:
        raise SandboxUnavailable(f"There is no sandbox {name!r}. Choose one of: {', '.join((AUTO, *BACKENDS))}")
    reasons: list[str] = []
    for candidate in ("docker", "bubblewrap"):
        try:
            return OPENERS[candidate](owner, options)
        except SandboxUnavailable as error:
            reasons.append(str(error))
    raise SandboxUnavailable("Nothing here can confine a program. " + " Or: ".join(reasons))
