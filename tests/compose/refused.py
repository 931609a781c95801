"""Run inside a worker, as whoever has taken it over would: what the gate lets through, and what it does not."""

# ruff: noqa: T201
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, NotFound

from sandbox.containers import labels
from sandbox.docker_arguments import container_arguments
from sandbox.images import image_tag
from sandbox.limits import Limits

NAME = "autoiot-1-0123456789ab"
OTHER = sys.argv[1]
"""The whole id of a container that is no sandbox."""
client = docker.from_env()
folder = Path("/data/mine")
folder.mkdir(exist_ok=True)
link = Path("/data/link")
with contextlib.suppress(FileExistsError):
    link.symlink_to("/")


def create(source: str | None = None, **changes: Any) -> None:
    limits = Limits(seconds=5)
    good = container_arguments(image_tag(), folder, limits, name=NAME, labels=labels("tests", limits))
    if source:
        good["mounts"][0]["Source"] = source
    client.containers.create(**good | changes)


REFUSED: dict[str, Callable[[], object]] = {
    "privileged": lambda: create(privileged=True),
    "host network": lambda: create(network_mode="host"),
    "a network": lambda: create(network_mode="bridge", network_disabled=False),
    "host processes": lambda: create(pid_mode="host"),
    "capability": lambda: create(cap_add=["SYS_ADMIN"]),
    "device": lambda: create(devices=["/dev/kmsg:/dev/kmsg:rwm"]),
    "root": lambda: create(user="0:0"),
    "no profile": lambda: create(security_opt=["seccomp=unconfined"]),
    "another image": lambda: create(image="autoiot:test"),
    "bind of /": lambda: create("/"),
    "bind of the engine": lambda: create("/var/run"),
    "bind by a link": lambda: create(str(link)),
    "bind by ..": lambda: create("/data/../etc"),
    "binds": lambda: create(volumes={"/": {"bind": "/host", "mode": "rw"}}),
    "volume": lambda: create(mounts=[docker.types.Mount("/input", "home", type="volume")]),
    "another runtime": lambda: create(runtime="io.containerd.runc.v2"),
    "exec into another container": lambda: client.api.exec_create(OTHER, "id"),
    "look into another container": lambda: client.api.inspect_container(OTHER),
    "remove another container": lambda: client.api.remove_container(OTHER, force=True),
    "attach to another container": lambda: client.api.attach_socket(OTHER),
    "files of another container": lambda: client.api.get_archive(OTHER, "/data"),
    "stop another container": lambda: client.api.stop(OTHER),
    "all containers": lambda: client.api.containers(all=True),
    "containers by another label": lambda: client.api.containers(filters={"label": ["com.docker.compose.project"]}),
    "build": lambda: client.images.build(path="/data/mine", dockerfile="/dev/null"),
    "pull": lambda: client.api.pull("x"),
    "commit another container": lambda: client.api.commit(OTHER),
    "volumes": client.volumes.list,
    "networks": client.networks.list,
    "prune": client.containers.prune,
    "info": client.info,
}


def main() -> int:
    wrong = [name for name, ask in REFUSED.items() if not is_refused(ask)]
    # Else it would be the form of all these requests that is refused.
    create()
    client.api.remove_container(NAME, force=True)
    with contextlib.suppress(OSError):
        link.unlink()
        folder.rmdir()
    if os.getuid() == 0 or Path("/var/run/docker.sock").exists():
        wrong.append("the worker itself")
    print(
        f"refused: {len(REFUSED) - len(wrong)} of {len(REFUSED)}", *(f"NOT REFUSED: {name}" for name in wrong), sep="\n"
    )
    return 1 if wrong else 0


def is_refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except NotFound as error:
        return "refused by the gate" in str(error)
    except APIError as error:
        return "refused by the gate" in str(error)
    return False


sys.exit(main())
