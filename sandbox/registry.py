"""Which sandbox is used here."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.base import Sandbox
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.errors import SandboxUnavailable
from sandbox.images import image_tag
from sandbox.process import ProcessSandbox

AUTO = "auto"
BACKENDS = ("docker", "bubblewrap", "process")


def open_docker(owner: str) -> Sandbox:
    sandbox = DockerSandbox(image=image_tag(), owner=owner)
    sandbox.probe()
    sandbox.sweep()
    return sandbox


def open_bubblewrap(owner: str) -> Sandbox:
    sandbox = BubblewrapSandbox(owner=owner)
    sandbox.sweep()
    try:
        sandbox.probe()
    except SandboxUnavailable:
        # Root without the rights of root, as in many containers: results then say `bubblewrap-rlimits`.
        sandbox = replace(sandbox, with_cgroups=False)
        sandbox.probe()
    return sandbox


def open_process(owner: str) -> Sandbox:
    return ProcessSandbox()


OPENERS: dict[str, Callable[[str], Sandbox]] = {
    "docker": open_docker,
    "bubblewrap": open_bubblewrap,
    "process": open_process,
}


def open_sandbox(name: str, owner: str) -> Sandbox:
    """The backend called `name`; for `auto` Docker where it works, else bubblewrap, never the plain process.

    Raises SandboxUnavailable, with what to install.
    """
    if name in OPENERS:
        return OPENERS[name](owner)
    if name != AUTO:
        raise SandboxUnavailable(f"There is no sandbox {name!r}. Choose one of: {', '.join((AUTO, *BACKENDS))}")
    reasons: list[str] = []
    for candidate in ("docker", "bubblewrap"):
        try:
            return OPENERS[candidate](owner)
        except SandboxUnavailable as error:
            reasons.append(str(error))
    raise SandboxUnavailable("Nothing here can confine a program. " + " Or: ".join(reasons))
