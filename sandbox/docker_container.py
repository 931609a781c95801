"""One container: started, given its program, removed. What it does here blocks: it runs in threads."""

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import requests
from docker.errors import APIError, DockerException, ImageNotFound

from sandbox.base import ExecResult, Program
from sandbox.docker_wire import Wire, attach
from sandbox.errors import (
    GpuUnavailable,
    ImageMissing,
    SandboxBroken,
    SandboxError,
    SandboxStuck,
    SandboxUnavailable,
)
from sandbox.frames import Frames
from sandbox.limits import Limits
from sandbox.protocol import GRACE_SECONDS, Place, encode_job, encode_place

KILLED = 137
UNKNOWN_RUNTIME = (
    SandboxUnavailable,
    "Docker Engine does not know the runtime of AUTOIOT_SANDBOX_RUNTIME; add it to the engine's daemon.json",
)
# What the engine says, and what it means for whoever asked.
REFUSALS: dict[str, tuple[type[SandboxError], str]] = {
    "could not select device driver": (
        GpuUnavailable,
        "Docker Engine cannot give a GPU to a container. Install nvidia-container-toolkit and restart Docker",
    ),
    "nvidia-container-cli": (
        GpuUnavailable,
        "Docker Engine could not give the GPU to a container: is its driver loaded?",
    ),
    "unknown runtime": UNKNOWN_RUNTIME,
    "invalid runtime": UNKNOWN_RUNTIME,
}


@dataclass
class Container:
    client: Any
    name: str
    place: Place
    limits: Limits
    frames: Frames
    remove: Callable[[str], None]
    wire: Wire | None = None
    unwanted: bool = False
    """Nobody waits for it any more: what it is doing fails."""
    ended: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, arguments: dict[str, Any], imported: tuple[str, ...]) -> None:
        """Whether or not it comes to the end, `end` has to follow."""
        try:
            with explained():
                self.client.containers.create(**arguments)
                self.wire = attach(self.client, self.name)
                # Ended before there was a container to remove; later, the start or the read fails.
                if self.unwanted:
                    raise SandboxBroken("the run was cancelled")
                self.client.api.start(self.name)
                self.wire.send(encode_place(self.place, self.limits, imported))
        except BaseException:
            # It may have been ended before it was made.
            with self.lock:
                self.ended = False
            raise

    def wait(self) -> None:
        """Until its child waits for the program."""
        wire = self._wire()
        with explained():
            wire.read(self.frames, GRACE_SECONDS, lambda: self.frames.waits is not None)
        if self.frames.waits is None:
            raise SandboxBroken(f"the container ended before it was ready: {wire.complaint() or 'no message'}")

    def is_alive(self) -> bool:
        return self.wire is not None and self.wire.is_open()

    def run(self, program: Program) -> ExecResult:
        began, late, wire = time.monotonic(), False, self._wire()
        with explained():
            wire.send(encode_job(program, self.place, self.frames.nonce))
            wire.allow_cancelling()
            try:
                wire.read(self.frames, self.limits.seconds + GRACE_SECONDS, lambda: self.frames.report is not None)
            except TimeoutError as error:
                late = True
                if self.frames.hello is None:
                    raise SandboxBroken("the container did not answer in time") from error
            if self.frames.report is not None:
                return self.frames.result(self.place, program)
            out_of_memory = not late and self._was_out_of_memory()
        if late or out_of_memory:
            # No report says that the program has ended: it has when this is done.
            with contextlib.suppress(SandboxStuck):
                self.end()
            seconds = time.monotonic() - began
            return self.frames.without_report(self.place, out_of_memory=out_of_memory, seconds=seconds)
        raise SandboxBroken(f"the container stopped without a result: {wire.complaint() or 'no message'}")

    def cancel(self) -> None:
        """End the program and have its report, now or as soon as there is one."""
        self._wire().cancel()

    def end(self) -> None:
        """Raises SandboxStuck when it stays."""
        with self.lock:
            self.unwanted = True
            if self.ended:
                return
            if self.wire:
                self.wire.close()
            self.remove(self.name)
            self.ended = True

    def _wire(self) -> Wire:
        assert self.wire, "not started"
        return self.wire

    def _was_out_of_memory(self) -> bool:
        """Whether the kernel ended the first process of the container, with all others, for memory."""
        self.client.api.wait(self.name, timeout=GRACE_SECONDS)
        state = self.client.api.inspect_container(self.name)["State"]
        return state["OOMKilled"] and state["ExitCode"] == KILLED


@contextlib.contextmanager
def explained() -> Generator[None]:
    """What the engine and its client raise, as a SandboxError."""
    try:
        yield
    except ImageNotFound as error:
        raise ImageMissing() from error
    except APIError as error:
        said = str(error.explanation or error)
        kind, words = next(
            (answer for sign, answer in REFUSALS.items() if sign in said.lower()),
            (SandboxBroken, f"Docker Engine failed: {error}"),
        )
        raise kind(words) from error
    except (DockerException, requests.RequestException, OSError) as error:
        raise SandboxBroken(f"Docker Engine failed: {error}") from error
