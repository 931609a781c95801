"""The attached stdin and stdout of a container."""

import contextlib
import errno
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from sandbox.frames import Frames
from sandbox.protocol import CANCEL


@dataclass
class Wire:
    socket: socket.socket
    release: Callable[[], None] = lambda: None
    buffer: bytearray = field(default_factory=bytearray)
    complaints: bytes = b""
    cancelled: bool = False
    can_be_cancelled: bool = False
    """There is a program, and no longer only the place for one."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    """Threads that may be about to wait at the descriptor of the socket."""
    closed: bool = False
    usage: threading.Lock = field(default_factory=threading.Lock)
    """Never held for long, unlike the other: whoever closes must not wait for one who sends."""

    def send(self, data: bytes) -> None:
        with self._in_use():
            self.socket.sendall(data)

    def cancel(self) -> None:
        """From any thread: ask for the program to be ended, now or as soon as there is one."""
        with self.lock:
            self.cancelled = True
            self._pass_on()

    def allow_cancelling(self) -> None:
        with self.lock:
            self.can_be_cancelled = True
            self._pass_on()

    def _pass_on(self) -> None:
        if self.cancelled and self.can_be_cancelled:
            with contextlib.suppress(OSError), self._in_use():
                self.socket.sendall(CANCEL)

    def is_open(self) -> bool:
        """False once the other end has gone; only right while nothing is expected from it."""
        try:
            with self._in_use():
                return not select.select([self.socket], [], [], 0)[0]
        except OSError:
            return False

    def read(self, frames: Frames, seconds: float, enough: Callable[[], bool]) -> None:
        """Until there is enough, or nothing more to come.

        Raises TimeoutError when neither is the case after `seconds`.
        """
        deadline = time.monotonic() + seconds
        with self._in_use():
            while not enough():
                self.socket.settimeout(max(0.001, deadline - time.monotonic()))
                data = self.socket.recv(1 << 16)
                if not data:
                    return
                self._sort(data, frames)

    def _sort(self, data: bytes, frames: Frames) -> None:
        self.buffer += data
        for stream, payload in split_streams(self.buffer):
            if stream == 1:
                frames.feed(payload)
            else:
                self.complaints = (self.complaints + payload)[-4096:]

    def complaint(self) -> str:
        """What was written to stderr last: that is never the program's."""
        return "".join(self.complaints.decode("utf-8", "replace").strip().splitlines()[-1:])

    def close(self) -> None:
        """From any thread: whoever reads or sends comes back at once."""
        with self.usage:
            if self.closed:
                return
            self.closed = True
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self._let_go()

    @contextlib.contextmanager
    def _in_use(self) -> Generator[None]:
        """The descriptor stays ours for so long. Raises OSError once this is closed.

        A thread that has taken its number, and does not wait there yet, would else wait for whoever gets it next.
        """
        with self.usage:
            if self.closed:
                raise OSError(errno.EBADF, "the connection is closed")
            self.users += 1
        try:
            yield
        finally:
            with self.usage:
                self.users -= 1
                self._let_go()

    def _let_go(self) -> None:
        if self.closed and not self.users:
            self.release()
            self.socket.close()


def attach(client: Any, name: str) -> Wire:
    stream = client.api.attach_socket(name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})

    def release() -> None:
        # Closing the socket alone leaves the connection open: docker-py keeps two more references to it. And a
        # stream that is attached but not read holds the engine's lock on the container.
        stream._response.close()
        stream.close()

    return Wire(stream._sock, release)


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
