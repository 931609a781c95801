"""Docker Engine: one throwaway container a run, talked to over its attached stdin and stdout."""

import asyncio
import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from sandbox.base import ExecResult, Program
from sandbox.docker_arguments import LABEL, PYTHON, container_arguments
from sandbox.errors import ImageMissing, SandboxBroken, SandboxError, SandboxUnavailable
from sandbox.inputs import refuse_unusable
from sandbox.limits import Limits
from sandbox.protocol import GRACE_SECONDS, INPUT, OUTPUT, WORK, Frames, Place, encode_job, new_nonce

ENGINE_SECONDS = 20
PLACE = Place(python=PYTHON, inputs=INPUT, output=OUTPUT, work=WORK, isolation="docker")
LOCAL = "unix://"


@dataclass(frozen=True)
class DockerSandbox:
    image: str
    owner: str
    """Which installation of ours a container belongs to: only those are ever removed."""
    name: str = "docker"
    client: Any = field(default_factory=lambda: connect())  # noqa: PLW0108 (it stands below)

    async def run(self, program: Program, limits: Limits) -> ExecResult:
        await asyncio.to_thread(refuse_unusable, program.inputs, other_user=True)
        name = f"autoiot-{os.getpid()}-{new_nonce()[:12]}"
        unwanted = threading.Event()
        work = asyncio.create_task(asyncio.to_thread(self._run, name, program, limits, unwanted))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # The thread cannot be stopped: without its container it comes to an end by itself.
            unwanted.set()
            await asyncio.to_thread(self._remove, name)
            with contextlib.suppress(SandboxError):
                await work
            raise

    def _run(self, name: str, program: Program, limits: Limits, unwanted: threading.Event) -> ExecResult:
        arguments = container_arguments(self.image, program.inputs.resolve(), limits, name=name, owner=self.owner)
        nonce = new_nonce()
        try:
            self.client.containers.create(**arguments)
            with self._attached(name) as wire:
                # Cancelled before there was a container to remove; later, the start or the read fails.
                if unwanted.is_set():
                    raise SandboxBroken("the run was cancelled")
                self.client.api.start(name)
                wire.sendall(encode_job(program, limits, PLACE, nonce))
                frames = read_frames(wire, Frames(limits, nonce), limits.seconds + GRACE_SECONDS)
            return frames.result(PLACE)
        except ImageNotFound as error:
            raise ImageMissing() from error
        except (DockerException, requests.RequestException, OSError) as error:
            raise SandboxBroken(f"Docker Engine failed: {error}") from error
        finally:
            self._remove(name)

    @contextlib.contextmanager
    def _attached(self, name: str) -> Generator[socket.socket, None, None]:
        stream = self.client.api.attach_socket(name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        wire: socket.socket = stream._sock
        try:
            yield wire
        finally:
            # Closing alone leaves the connection open: docker-py keeps two more references to it.
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            stream._response.close()
            stream.close()
            wire.close()

    def _remove(self, name: str) -> None:
        with contextlib.suppress(NotFound, requests.RequestException, APIError):
            self.client.api.remove_container(name, force=True, v=True)

    def probe(self) -> None:
        """Raises ImageMissing when the image is not built."""
        try:
            self.client.images.get(self.image)
        except ImageNotFound as error:
            raise ImageMissing() from error
        except (DockerException, requests.RequestException) as error:
            raise SandboxUnavailable(f"Docker Engine does not answer: {error}") from error

    def sweep(self) -> int:
        """Remove what earlier runs of this installation left behind; how many there were."""
        try:
            mine = {"label": f"{LABEL}={self.owner}"}
            left = self.client.containers.list(all=True, filters=mine, ignore_removed=True)
        except (DockerException, requests.RequestException) as error:
            raise SandboxUnavailable(f"Docker Engine does not answer: {error}") from error
        stale = [container for container in left if not _is_alive(container.name)]
        for container in stale:
            self._remove(container.name)
        return len(stale)


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


def read_frames(wire: socket.socket, frames: Frames, seconds: float) -> Frames:
    """Raises SandboxBroken when the container neither reports nor ends in `seconds`."""
    deadline = time.monotonic() + seconds
    buffer, complaints = bytearray(), bytearray()
    while frames.report is None:
        wire.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            data = wire.recv(1 << 16)
        except TimeoutError as error:
            raise SandboxBroken("the container did not end in time") from error
        if not data:
            break
        buffer += data
        for stream, payload in split_streams(buffer):
            if stream == 1:
                frames.feed(payload)
            else:
                complaints = (complaints + payload)[-4096:]
    if frames.report is None and complaints:
        last = complaints.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SandboxBroken(f"the container stopped without a result: {''.join(last)}")
    return frames


def split_streams(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Takes the complete packets (stream, payload) of the engine's attach protocol off the buffer."""
    packets: list[tuple[int, bytes]] = []
    while len(buffer) >= 8:
        stream, size = struct.unpack(">BxxxI", buffer[:8])
        if len(buffer) < 8 + size:
            break
        packets.append((stream, bytes(buffer[8 : 8 + size])))
        del buffer[: 8 + size]
    return packets


def _is_alive(name: str) -> bool:
    try:
        os.kill(int(name.split("-")[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
