"""Docker Engine: one throwaway container a run, talked to over its attached stdin and stdout."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import requests
from docker.errors import DockerException, ImageNotFound

from sandbox.base import ExecResult, Program
from sandbox.containers import Containers, labels
from sandbox.docker_arguments import PYTHON, container_arguments
from sandbox.docker_engine import connect
from sandbox.docker_wire import Request, attached, read_frames
from sandbox.environment import Environment, base_environment
from sandbox.errors import ImageMissing, SandboxBroken, SandboxError, SandboxUnavailable
from sandbox.frames import Frames
from sandbox.inputs import refuse_unusable
from sandbox.limits import Limits
from sandbox.protocol import GRACE_SECONDS, INPUT, OUTPUT, WORK, Place, encode_job, new_nonce
from sandbox.seccomp import syscall_filter

KILLED = 137


@dataclass(frozen=True)
class DockerSandbox:
    image: str
    owner: str
    """Which installation of ours a container belongs to: only those are ever removed."""
    name: str = "docker"
    environment: Environment = field(default_factory=base_environment, repr=False)
    client: Any = field(default_factory=connect)
    syscall_filter: bytes = field(default_factory=syscall_filter, repr=False)
    arguments: Callable[..., dict[str, Any]] = field(default=container_arguments, repr=False)

    @cached_property
    def containers(self) -> Containers:
        return Containers(self.client, self.owner)

    @cached_property
    def place(self) -> Place:
        return Place(
            python=PYTHON,
            inputs=INPUT,
            output=OUTPUT,
            work=WORK,
            isolation="docker",
            cgroup=True,
            syscall_filter=self.syscall_filter,
        )

    async def run(self, program: Program, limits: Limits, stop: asyncio.Event | None = None) -> ExecResult:
        await asyncio.to_thread(refuse_unusable, program.inputs, other_user=True)
        containers = self.containers
        name, request = f"autoiot-{os.getpid()}-{new_nonce()[:12]}", Request()
        work = asyncio.create_task(asyncio.to_thread(self._run, name, program, limits, request))
        waiting = asyncio.create_task(_pass_on(stop, request)) if stop else None
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # The thread cannot be stopped: without its container it comes to an end by itself.
            request.unwanted = True
            await asyncio.to_thread(containers.remove_or_report, name)
            with contextlib.suppress(SandboxError):
                await work
            raise
        finally:
            if waiting:
                waiting.cancel()

    def _run(self, name: str, program: Program, limits: Limits, request: Request) -> ExecResult:
        self.containers.sweep_when_due()
        marks = labels(self.owner, limits)
        arguments = self.arguments(self.image, program.inputs.resolve(), limits, name=name, labels=marks)
        try:
            self.client.containers.create(**arguments)
            return self._talk(name, program, limits, request)
        except ImageNotFound as error:
            raise ImageMissing() from error
        except (DockerException, requests.RequestException, OSError) as error:
            raise SandboxBroken(f"Docker Engine failed: {error}") from error
        finally:
            self.containers.remove(name)

    def _talk(self, name: str, program: Program, limits: Limits, request: Request) -> ExecResult:
        nonce, began = new_nonce(), time.monotonic()
        frames, late, said = Frames(limits, nonce, init_pid=1), False, ""
        with attached(self.client, name) as wire:
            # Cancelled before there was a container to remove; later, the start or the read fails.
            if request.unwanted:
                raise SandboxBroken("the run was cancelled")
            self.client.api.start(name)
            wire.sendall(encode_job(program, limits, self.place, nonce))
            request.through(wire)
            try:
                said = read_frames(wire, frames, limits.seconds + GRACE_SECONDS)
            except TimeoutError as error:
                late = True
                if frames.hello is None:
                    raise SandboxBroken("the container did not answer in time") from error
        if frames.report is not None:
            return frames.result(self.place, program)
        out_of_memory = not late and self._was_out_of_memory(name)
        if late or out_of_memory:
            return frames.without_report(self.place, out_of_memory=out_of_memory, seconds=time.monotonic() - began)
        raise SandboxBroken(f"the container stopped without a result: {said or 'no message'}")

    def _was_out_of_memory(self, name: str) -> bool:
        """Whether the kernel ended the first process of the container, with all others, for memory."""
        self.client.api.wait(name, timeout=GRACE_SECONDS)
        state = self.client.api.inspect_container(name)["State"]
        return state["OOMKilled"] and state["ExitCode"] == KILLED

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
        return self.containers.sweep()


async def _pass_on(stop: asyncio.Event, request: Request) -> None:
    await stop.wait()
    await asyncio.to_thread(request.make)
