"""The Docker image that programs run in, named by the hash of what it is made of."""

from pathlib import Path
from typing import Any

import requests
from docker.errors import DockerException, ImageNotFound

from sandbox.digests import short_hash
from sandbox.errors import SandboxUnavailable
from sandbox.images.context import build_image
from sandbox.packages import closure, pins

DOCKERFILE = Path(__file__).parent / "Dockerfile"
REPOSITORY = "autoiot-sandbox"
LABEL, BASE = "autoiot.sandbox-image", "base"
"""On each image: `base`, or the packages that were asked for beyond its."""


def image_tag() -> str:
    return tag_of(DOCKERFILE.read_text(encoding="utf-8"), *pins(closure()))


def tag_of(*parts: str) -> str:
    return f"{REPOSITORY}:{short_hash(*parts)}"


def build(client: Any, *, base_image: str | None = None, network: str | None = None) -> str:
    """Builds the image and returns its tag; raises SandboxUnavailable when it cannot be built."""
    files = {"Dockerfile": DOCKERFILE.read_bytes(), "requirements.txt": "\n".join(pins(closure())).encode()}
    build_image(client, image_tag(), files, {"BASE_IMAGE": base_image} if base_image else {}, network)
    return image_tag()


def is_built(client: Any, tag: str) -> bool:
    try:
        client.images.get(tag)
    except ImageNotFound:
        return False
    except (DockerException, requests.RequestException) as error:
        raise SandboxUnavailable(f"Docker Engine does not answer: {error}") from error
    return True
