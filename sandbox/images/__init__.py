"""The Docker image that programs run in, named by the hash of what it is made of."""

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import requests
from docker.errors import BuildError, DockerException

from sandbox.errors import SandboxUnavailable
from sandbox.packages import requirements

DOCKERFILE = Path(__file__).parent / "Dockerfile"


def image_tag() -> str:
    made_of = DOCKERFILE.read_text(encoding="utf-8") + "\n".join(requirements())
    return f"autoiot-sandbox:{hashlib.sha256(made_of.encode()).hexdigest()[:16]}"


def build(client: Any, *, base_image: str | None = None, network: str | None = None) -> str:
    """Builds the image and returns its tag; raises SandboxUnavailable when it cannot be built."""
    tag = image_tag()
    try:
        client.images.build(
            fileobj=_context(),
            custom_context=True,
            tag=tag,
            rm=True,
            buildargs={"BASE_IMAGE": base_image} if base_image else {},
            network_mode=network,
        )
    except BuildError as error:
        raise SandboxUnavailable(f"the sandbox image could not be built: {error}") from error
    except (DockerException, requests.RequestException) as error:
        raise SandboxUnavailable(f"Docker Engine failed while building: {error}") from error
    return tag


def _context() -> io.BytesIO:
    files = {"Dockerfile": DOCKERFILE.read_bytes(), "requirements.txt": "\n".join(requirements()).encode()}
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    stream.seek(0)
    return stream
