"""One request a connection: read as a whole, judged, written anew to the engine, and its answer passed back.

Nothing that a client sends reaches the engine as it came, until the engine itself has agreed to hand over the raw
stream of an attached sandbox. So no second request can hide behind the first.
"""

import asyncio
import json
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import h11

from sandbox.containers import INSTALLATION
from sandbox.gate.bodies import MAX_BYTES, checked
from sandbox.gate.refusal import Refused
from sandbox.gate.roots import Roots
from sandbox.gate.routes import Request, routed

SECONDS_TO_ASK = 60
CHUNK = 1 << 16
UPGRADE = ((b"connection", b"Upgrade"), (b"upgrade", b"tcp"))
CLOSE = ((b"connection", b"close"),)

log = logging.getLogger(__name__)


class Gone(Exception):
    """The other end has closed the connection."""


@dataclass
class End:
    """One end of a connection, with what HTTP knows of it."""

    reader: StreamReader
    writer: StreamWriter
    http: h11.Connection

    async def next(self) -> object:
        while (event := self.http.next_event()) is h11.NEED_DATA:
            self.http.receive_data(await self.reader.read(CHUNK))
        return event

    async def send(self, *events: h11.Event) -> None:
        for event in events:
            self.writer.write(self.http.send(event) or b"")
        await self.writer.drain()

    def close(self) -> None:
        self.writer.close()


@dataclass(frozen=True)
class Gate:
    engine: Path
    """Its socket."""
    roots: Roots
    gpu: bool = False
    runtime: str | None = None

    async def answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        client = End(reader, writer, h11.Connection(h11.SERVER))
        try:
            try:
                async with asyncio.timeout(SECONDS_TO_ASK):
                    asked, sent = await received(client)
                await self._pass_on(client, asked, sent)
            except Refused as refused:
                log.warning("%s", refused)
                await client.send(*refusal(refused))
        # The client went, or never spoke HTTP; or the engine did: its clients see the connection end.
        except (Gone, OSError, TimeoutError, h11.ProtocolError) as error:
            log.info("a connection ended: %r", error)
        finally:
            client.close()

    async def _pass_on(self, client: End, asked: h11.Request, sent: bytes) -> None:
        request = routed(asked.method.decode(), asked.target.decode("ascii", "replace"))
        if request.attaches and (b"upgrade", b"tcp") not in asked.headers:
            raise Refused("attach: only as an upgrade to the raw stream")
        if request.creates:
            sent = await asyncio.to_thread(checked, sent, self.roots, gpu=self.gpu, runtime=self.runtime)
        elif sent:
            raise Refused(f"{request.method} {request.target}: with a body")
        if request.container:
            await self._refuse_other(request.container)
        async with self._asked(request, sent) as engine:
            # A wait may take hours: it ends with the one who waits.
            relaying = asyncio.create_task(relay(engine, client))
            if not request.attaches:
                leaving = asyncio.create_task(client.reader.read(1))
                await asyncio.wait({relaying, leaving}, return_when=asyncio.FIRST_COMPLETED)
                leaving.cancel()
                if not relaying.done():
                    relaying.cancel()
                    raise Gone
            await relaying

    async def _refuse_other(self, container: str) -> None:
        """Raises Refused for a container that is no sandbox, as if there were none."""
        async with self._asked(Request("GET", f"/containers/{container}/json", container), b"") as engine:
            body = b""
            while not isinstance(event := await engine.next(), h11.EndOfMessage):
                body += bytes(event.data) if isinstance(event, h11.Data) else b""
                if isinstance(event, h11.ConnectionClosed):
                    raise Gone
        if INSTALLATION not in (json.loads(body).get("Config") or {}).get("Labels", {}):
            raise Refused(f"No such container: {container}", 404)

    @asynccontextmanager
    async def _asked(self, request: Request, body: bytes) -> AsyncGenerator[End]:
        """The engine, which has been asked that."""
        try:
            reader, writer = await asyncio.open_unix_connection(self.engine)
        except OSError as error:
            raise Refused("Docker Engine does not answer", 503) from error
        engine = End(reader, writer, h11.Connection(h11.CLIENT))
        content = ((b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()))
        headers = [(b"host", b"docker"), *content, *(UPGRADE if request.attaches else CLOSE)]
        try:
            await engine.send(
                h11.Request(method=request.method, target=request.target, headers=headers),
                *([h11.Data(data=body)] if body else []),
                h11.EndOfMessage(),
            )
            yield engine
        finally:
            engine.close()


async def received(client: End) -> tuple[h11.Request, bytes]:
    request, body = await client.next(), b""
    if not isinstance(request, h11.Request):
        raise Gone
    while not isinstance(event := await client.next(), h11.EndOfMessage):
        if not isinstance(event, h11.Data):
            raise Gone
        body += bytes(event.data)
        if len(body) > MAX_BYTES:
            raise Refused(f"a body of more than {MAX_BYTES} bytes", 413)
    return request, body


async def relay(engine: End, client: End) -> None:
    while True:
        event = await engine.next()
        if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
            await client.send(event)
            return await joined(engine, client)
        if isinstance(event, h11.Response):
            kept = [(name, value) for name, value in event.headers if name != b"connection"]
            await client.send(h11.Response(status_code=event.status_code, headers=[*kept, *CLOSE], reason=event.reason))
        elif isinstance(event, h11.Data | h11.EndOfMessage):
            await client.send(event)
            if isinstance(event, h11.EndOfMessage):
                return None
        elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
            raise Gone


async def joined(engine: End, client: End) -> None:
    """Bytes both ways, until either end goes: a stream that nobody reads would hold the engine's lock."""
    for source, target in ((engine, client), (client, engine)):
        target.writer.write(source.http.trailing_data[0])
    ways = {
        asyncio.create_task(copied(engine.reader, client.writer)),
        asyncio.create_task(copied(client.reader, engine.writer)),
    }
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def copied(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()


def refusal(refused: Refused) -> tuple[h11.Event, ...]:
    body = json.dumps({"message": str(refused)}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *CLOSE]
    return h11.Response(status_code=refused.status, headers=headers), h11.Data(data=body), h11.EndOfMessage()
