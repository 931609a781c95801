"""The attached stdin and stdout of a container."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from sandbox.frames import Frames
from sandbox.protocol import CANCEL


@dataclass
class Request:
    """To end a run early, made in another thread than the one that talks to the container."""

    made: bool = False
    unwanted: bool = False
    """Not even the result is of interest: nobody waits for it."""
    wire: socket.socket | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self) -> None:
        with self.lock:
            self.made = True
            self._send()

    def through(self, wire: socket.socket) -> None:
        """From now on there is someone to tell: the job has been sent."""
        with self.lock:
            self.wire = wire
            self._send()

    def _send(self) -> None:
        if self.made and self.wire:
            with contextlib.suppress(OSError):
                self.wire.sendall(CANCEL)


@contextlib.contextmanager
def attached(client: Any, name: str) -> Generator[socket.socket, None, None]:
    stream = client.api.attach_socket(name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
    wire: socket.socket = stream._sock
    try:
        yield wire
    finally:
        # Closing alone leaves the connection open: docker-py keeps two more references to it. And a stream
        # that is attached but not read holds the engine's lock on the container, so this comes before all else.
        with contextlib.suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)
        stream._response.close()
        stream.close()
        wire.close()


def read_frames(wire: socket.socket, frames: Frames, seconds: float) -> str:
    """Until the report or the end; what the container complained of last.

    Raises TimeoutError when neither has come in `seconds`.
    """
    deadline = time.monotonic() + seconds
    buffer, complaints = bytearray(), bytearray()
    while frames.report is None:
        wire.settimeout(max(0.001, deadline - time.monotonic()))
        data = wire.recv(1 << 16)
        if not data:
            break
        buffer += data
        for stream, payload in split_streams(buffer):
            if stream == 1:
                frames.feed(payload)
            else:
                complaints = (complaints + payload)[-4096:]
    return "".join(complaints.decode("utf-8", "replace").strip().splitlines()[-1:])


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
