"""How many programs run at once."""

import asyncio
import contextlib
import os
import threading
from collections import deque

from sandbox.errors import SandboxStuck

PER_CPU = 2
"""More at once only makes each of them slower."""


def usual_number() -> int:
    return PER_CPU * (os.cpu_count() or 1)


class Slots:
    """A slot is given back when nothing is left of its program; one whose container stays is kept closed."""

    def __init__(self, count: int) -> None:
        self.count, self.free = count, count
        self.closed: set[str] = set()
        """The names of the containers that stay."""
        self.waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()
        self.lock = threading.Lock()
        self.starting = threading.Semaphore(usual_number())
        """To be held while a container starts: more at the same time only take longer, each of them."""

    async def take(self) -> None:
        """Raises SandboxStuck when none will ever be free."""
        with self.lock:
            if len(self.closed) >= self.count:
                raise SandboxStuck(
                    f"no program can be run: remove with `docker rm -f`: {', '.join(sorted(self.closed))}"
                )
            if self.free > 0:
                self.free -= 1
                return
            loop = asyncio.get_running_loop()
            turn: asyncio.Future[None] = loop.create_future()
            self.waiting.append((loop, turn))
        try:
            await turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment: then it is another one's.
            if turn.done() and not turn.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """From any thread."""
        with self.lock:
            while self.waiting:
                loop, turn = self.waiting.popleft()
                # A loop that is closed has nobody left who waits.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._pass_on, turn)
                    return
            self.free += 1

    def _pass_on(self, turn: "asyncio.Future[None]") -> None:
        if turn.done():
            self.give_back()
        else:
            turn.set_result(None)

    def keep_closed(self, name: str) -> None:
        with self.lock:
            self.closed.add(name)

    def reopen(self, name: str) -> None:
        with self.lock:
            known = name in self.closed
            self.closed.discard(name)
        if known:
            self.give_back()
