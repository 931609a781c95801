"""Building an image through Docker Engine."""

import io
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import requests
from docker.errors import BuildError, DockerException

from sandbox.errors import SandboxUnavailable


def build_image(
    client: Any, tag: str, files: Mapping[str, bytes | Path], arguments: Mapping[str, str], network: str | None
) -> None:
    """Builds `files`, among them the `Dockerfile`; raises SandboxUnavailable when it cannot be built."""
    # On disk: wheels may have gigabytes.
    with tempfile.TemporaryFile() as context:
        pack(context, files)
        try:
            client.images.build(
                fileobj=context,
                custom_context=True,
                tag=tag,
                rm=True,
                forcerm=True,
                buildargs=dict(arguments),
                network_mode=network,
            )
        except BuildError as error:
            raise SandboxUnavailable(f"the sandbox image could not be built: {problem(error)}") from error
        except (DockerException, requests.RequestException) as error:
            raise SandboxUnavailable(f"Docker Engine failed while building: {error}") from error


def problem(error: BuildError) -> str:
    """What the command said that failed, if it said so, else that it did."""
    said = "".join(entry.get("stream", "") for entry in error.build_log).splitlines()
    # Escapes for colours stand before the word.
    return next((line[line.index("ERROR: ") + 7 :] for line in said if "ERROR: " in line), str(error))


def pack(stream: IO[bytes], files: Mapping[str, bytes | Path]) -> None:
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode = 0o644
            entry.size = len(content) if isinstance(content, bytes) else content.stat().st_size
            with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
                archive.addfile(entry, source)
    stream.seek(0)
