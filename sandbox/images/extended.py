"""The sandbox image with further packages: fetched inside the image, built without network."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from docker.errors import DockerException, NotFound
from docker.types import Mount

from sandbox.containers import labels
from sandbox.digests import digests
from sandbox.docker_arguments import PYTHON
from sandbox.errors import SandboxUnavailable
from sandbox.images import tag_of
from sandbox.images.context import build_image
from sandbox.limits import Limits
from sandbox.pip import Pip, refusal
from sandbox.protocol import new_nonce
from sandbox.record import Record
from sandbox.store import Store

DOCKERFILE = Path(__file__).parent / "extended.Dockerfile"
STAGE = "autoiot.sandbox-stage"
LONGEST_FETCH = Limits(seconds=6 * 3600)
"""Then, or when its server is dead, somebody's next start removes the container."""


def extended_tag(base: str, wheels: Sequence[Path]) -> str:
    named = (f"{name} {digest}" for name, digest in digests(wheels).items())
    return tag_of(DOCKERFILE.read_text(encoding="utf-8"), base, *named)


def build_extended(client: Any, store: Store, record: Record) -> None:
    """Raises WheelSpoiled, or SandboxUnavailable when it cannot be built."""
    wheels = {f"wheels/{wheel.name}": wheel for wheel in store.fetched(record)}
    arguments = {"BASE_IMAGE": record.base, "TAG": record.target, "ASKED": ", ".join(record.asked)}
    try:
        files = {"Dockerfile": DOCKERFILE.read_bytes(), **wheels}
        build_image(client, record.target, files, arguments, network="none")
    finally:
        # It holds the wheels once more.
        with suppress(DockerException, requests.RequestException):
            client.images.prune(filters={"dangling": True, "label": f"{STAGE}={record.target}"})


def pip_inside(client: Any, image: str, owner: str, network: str | None) -> Pip:
    """pip of the image, in a throwaway container that can write to one folder, as the user of this process."""

    def pip(arguments: list[str], folder: Path) -> None:
        name = f"autoiot-pip-{new_nonce()[:12]}"
        try:
            client.containers.create(
                image,
                [PYTHON, "-I", "-m", "pip", *arguments],
                name=name,
                labels=labels(owner, LONGEST_FETCH),
                user=f"{os.getuid()}:{os.getgid()}",
                network_mode=network,
                cap_drop=["ALL"],
                security_opt=["no-new-privileges:true"],
                read_only=True,
                tmpfs={"/tmp": "rw,nosuid,nodev"},
                mounts=[Mount(str(folder), str(folder), type="bind")],
            )
            client.api.start(name)
            ended = client.api.wait(name)
            said = client.api.logs(name).decode("utf-8", "replace")
        except (DockerException, requests.RequestException) as error:
            raise SandboxUnavailable(f"Docker Engine failed while fetching packages: {error}") from error
        finally:
            with suppress(NotFound):
                client.api.remove_container(name, force=True, v=True)
        if ended["StatusCode"] != 0:
            raise refusal(said)

    return pip
