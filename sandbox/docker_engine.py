"""The way to Docker Engine, and what to do when there is none."""

import os
import socket
from typing import Any

import docker
import requests
from docker.errors import DockerException

from sandbox.errors import SandboxUnavailable

ENGINE_SECONDS = 20
LOCAL = "unix://"


def connect() -> Any:
    """Raises SandboxUnavailable when no engine answers."""
    knock(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
    try:
        client = docker.from_env(timeout=ENGINE_SECONDS, max_pool_size=32)
        client.ping()
    except (DockerException, requests.RequestException) as error:
        raise SandboxUnavailable(
            "Docker Engine does not answer. Start it, or install bubblewrap: apt-get install bubblewrap"
        ) from error
    return client


def knock(address: str) -> None:
    """Raises SandboxUnavailable when nobody listens at a local address, or not to this user."""
    # docker-py leaves its socket open when it is not let in, and words both cases alike.
    if not address.startswith(LOCAL):
        return
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(ENGINE_SECONDS)
        try:
            door.connect(address.removeprefix(LOCAL))
        except PermissionError as error:
            raise SandboxUnavailable(
                "Docker does not let this user in. Run: sudo usermod -aG docker $USER, then log in again"
            ) from error
        except OSError as error:
            raise SandboxUnavailable(
                "Docker Engine does not run. Start it, or install bubblewrap: apt-get install bubblewrap"
            ) from error
