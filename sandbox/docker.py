"""Docker Engine: one throwaway container a run, talked to over its attached stdin and stdout."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sandbox.base import ExecResult, Outcome, Program, Started
from sandbox.containers import Containers, labels
from sandbox.docker_arguments import PYTHON, container_arguments
from sandbox.docker_container import Container
from sandbox.docker_engine import connect
from sandbox.environment import Environment, base_environment
from sandbox.errors import ImageMissing, SandboxError, SandboxStuck
from sandbox.frames import Frames
from sandbox.gpus import Gpu, Gpus, MemoryWatch, NvidiaGpus, leased
from sandbox.images import is_built
from sandbox.inputs import refuse_unusable
from sandbox.limits import Limits
from sandbox.protocol import INPUT, OUTPUT, WORK, Place, new_nonce
from sandbox.seccomp import syscall_filter
from sandbox.slots import Slots, usual_number
from sandbox.stops import passed_on

T = TypeVar("T")
THREADS = 256
"""They wait for containers, and do nothing else."""


@dataclass(frozen=True)
class DockerSandbox:
    image: str
    owner: str
    """Which installation of ours a container belongs to: only those are ever removed."""
    name: str = "docker"
    visible: tuple[Path, ...] = ()
    environment: Environment = field(default_factory=base_environment, repr=False)
    client: Any = field(default_factory=connect)
    syscall_filter: bytes = field(default_factory=syscall_filter, repr=False)
    arguments: Callable[..., dict[str, Any]] = field(default=container_arguments, repr=False)
    runtime: str | None = None
    """Of the engine, e.g. `runsc`; none: its usual one."""
    slots: Slots = field(default_factory=lambda: Slots(usual_number()))
    gpus: Gpus = field(default_factory=NvidiaGpus)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="docker"), repr=False
    )
    ending: set["Future[None]"] = field(default_factory=set["Future[None]"], repr=False)

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
            isolation=f"docker-{self.runtime}" if self.runtime else "docker",
            # Another runtime may keep the counts to itself; the limits are there all the same.
            cgroup=self.runtime is None,
            syscall_filter=self.syscall_filter,
        )

    async def run(
        self, program: Program, limits: Limits, stop: asyncio.Event | None = None, ready: Started | None = None
    ) -> ExecResult:
        run, has_slot = ready if isinstance(ready, DockerRun) else None, False
        try:
            await self._in_thread(lambda: refuse_unusable(program.inputs, other_user=True))
            await self._in_thread(self.sweep_when_due)
            await self.slots.take()
            has_slot = True
            if limits.gpu:
                return await self._run_with_gpu(program, limits, stop)
            if run is None:
                run = DockerRun(self, self._container(limits))
                await run.begin(program.inputs)
            return await run.run(program, stop)
        finally:
            self.finish(run, has_slot)

    async def start(
        self, inputs: Path, limits: Limits, *, imported: tuple[str, ...] = (), waits: float = 0.0
    ) -> "DockerRun":
        run = DockerRun(self, self._container(limits))
        try:
            await run.begin(inputs, imported=imported, waits=waits)
        except BaseException:
            self.finish(run)
            raise
        return run

    def _container(self, limits: Limits) -> Container:
        name = f"autoiot-{os.getpid()}-{new_nonce()[:12]}"
        frames = Frames(limits, new_nonce(), init_pid=1)
        return Container(self.client, name, self.place, limits, frames, self.containers.remove)

    def arguments_of(
        self, container: Container, inputs: Path, waits: float = 0.0, gpu: Gpu | None = None
    ) -> dict[str, Any]:
        return self.arguments(
            self.image,
            inputs.resolve(),
            container.limits,
            name=container.name,
            labels=labels(self.owner, container.limits, waits),
            gpu=gpu.id if gpu else None,
            runtime=self.runtime,
        )

    async def _run_with_gpu(self, program: Program, limits: Limits, stop: asyncio.Event | None) -> ExecResult:
        """Not in a container that was kept ready: it would have the device all the time."""
        async with leased(self.gpus) as gpu:
            watch = MemoryWatch(self.gpus, gpu, limits.gpu_memory_mb)
            async with watch.following(stop):
                run = DockerRun(self, self._container(limits))
                try:
                    await run.begin(program.inputs, gpu=gpu)
                    result = await run.run(program, watch.halt)
                finally:
                    # The device is not free before the container is gone.
                    await run.end()
            outcome = Outcome.OOM if watch.over else result.outcome
            return replace(result, outcome=outcome, gpu_peak_mb=round(watch.peak_mb, 1))

    def finish(self, run: "DockerRun | None", has_slot: bool = False) -> "Future[None] | None":
        """In the background: whoever waits for a result does not wait for this."""
        if run is None:
            if has_slot:
                self.slots.give_back()
            return None
        future = self.threads.submit(self._remove, run.container, has_slot)
        self.ending.add(future)
        future.add_done_callback(self.ending.discard)
        return future

    def _remove(self, container: Container, has_slot: bool) -> None:
        try:
            container.end()
        except SandboxStuck as error:
            self.containers.report(error)
            if has_slot:
                self.slots.keep_closed(container.name)
        else:
            if has_slot:
                self.slots.give_back()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self.threads.submit(work))

    async def close(self) -> None:
        await asyncio.to_thread(wait, list(self.ending))

    def probe(self) -> None:
        """Raises ImageMissing when the image is not built."""
        if not is_built(self.client, self.image):
            raise ImageMissing

    def probe_gpu(self) -> None:
        """Raises GpuUnavailable when no container can be given a device."""
        gpu, limits = self.gpus.all()[0], Limits(seconds=1, gpu=True)
        trial = self._container(limits)
        try:
            trial.start(self.arguments_of(trial, Path("/"), gpu=gpu) | {"mounts": []}, ())
        finally:
            trial.end()

    def sweep(self) -> int:
        """Remove what earlier runs of this installation left behind; how many there were."""
        count = self.containers.sweep()
        for name in list(self.slots.closed):
            if self.containers.remove_or_report(name):
                self.slots.reopen(name)
        return count

    def sweep_when_due(self) -> None:
        if self.containers.is_sweep_due():
            self.sweep()


@dataclass(frozen=True)
class DockerRun:
    """A container that waits for its program, or runs it."""

    sandbox: DockerSandbox
    container: Container

    @property
    def memory_mb(self) -> float:
        waits = self.container.frames.waits
        return waits["memory_mb"] if waits else 0.0

    async def begin(
        self, inputs: Path, *, imported: tuple[str, ...] = (), waits: float = 0.0, gpu: Gpu | None = None
    ) -> None:
        def start() -> None:
            arguments = self.sandbox.arguments_of(self.container, inputs, waits, gpu)
            with self.sandbox.slots.starting:
                self.container.start(arguments, imported)

        await self.done_with(start)

    def is_alive(self) -> bool:
        return self.container.is_alive()

    async def ready(self) -> None:
        await self.done_with(self.container.wait)

    async def run(self, program: Program, stop: asyncio.Event | None = None) -> ExecResult:
        # In a thread: it writes to a socket.
        async with passed_on(stop, lambda: self.sandbox.threads.submit(self.container.cancel)):
            return await self.done_with(lambda: self.container.run(program))

    async def done_with(self, work: Callable[[], T]) -> T:
        future = asyncio.wrap_future(self.sandbox.threads.submit(work))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            # The thread cannot be stopped: without its container it comes to an end by itself.
            await self.end()
            with contextlib.suppress(SandboxError):
                await future
            raise

    async def end(self) -> None:
        if removal := self.sandbox.finish(self):
            await asyncio.wrap_future(removal)
