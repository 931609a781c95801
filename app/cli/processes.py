"""One command in several processes, each replaced when it is lost."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from types import FrameType

from app.cli.exits import FAILED

PAUSE = 1.0
"""Seconds before a process that could not start is tried again."""

log = logging.getLogger(__name__)


@dataclass
class Processes:
    """`count` processes that run `target`, given their number from 0 on. Each is forked from one that has imported
    `warm`, so it starts in milliseconds and shares that memory with the others.
    """

    count: int
    target: Callable[[int], None]
    warm: str
    alive: dict[int, ForkServerProcess] = field(default_factory=dict[int, ForkServerProcess])
    """By their number."""
    replaced: bool = False
    stopping: bool = False
    code: int = 0

    def run(self) -> int:
        """Until SIGTERM or SIGINT, and until all have ended then; the exit code.

        A process that finds something for a person to put right (FAILED) ends all of them, as long as none was ever
        replaced: then it is the settings. Later on it is a database that is away for a while.
        """
        with handled(self.stop):
            for number in range(self.count):
                self._start(number)
            while self.alive:
                ended = wait([process.sentinel for process in self.alive.values()])
                for number, process in list(self.alive.items()):
                    if process.sentinel in ended:
                        del self.alive[number]
                        self._ended(number, process)
        return self.code

    def stop(self) -> None:
        self.stopping = True
        for process in list(self.alive.values()):
            process.terminate()

    def _ended(self, number: int, process: ForkServerProcess) -> None:
        process.join()
        if self.stopping:
            return
        if process.exitcode == FAILED and not self.replaced:
            self.code = FAILED
            self.stop()
            return
        log.warning("process %s %s; another one takes its place", process.pid, ending(process.exitcode))
        self.replaced = True
        if process.exitcode == FAILED:
            time.sleep(PAUSE)
        self._start(number)

    def _start(self, number: int) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload([self.warm])
        process = context.Process(target=self.target, args=(number,))
        process.start()
        self.alive[number] = process
        # The signal may have come in between, when this one could not be found yet.
        if self.stopping:
            process.terminate()


def ending(code: int | None) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code and code < 0 else f"ended with exit code {code}"


@contextmanager
def handled(stop: Callable[[], None]) -> Generator[None]:
    def handle(number: int, frame: FrameType | None) -> None:
        stop()

    before = {sent: signal.signal(sent, handle) for sent in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for sent, handler in before.items():
            signal.signal(sent, handler)


def stop_without_parent(stopping: asyncio.Event) -> None:
    """Sets `stopping` when the process that started this one is gone; nothing where this is the first one."""
    parent = parent_process()
    if parent:
        asyncio.get_running_loop().add_reader(parent.sentinel, gone, parent.sentinel, stopping)


def gone(sentinel: int, stopping: asyncio.Event) -> None:
    asyncio.get_running_loop().remove_reader(sentinel)
    stopping.set()
