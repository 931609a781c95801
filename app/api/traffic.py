"""Each request is given an id and is told of when it has been answered."""

import re
import secrets
from contextlib import nullcontext
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services import Services
from app.telemetry.observer import RequestSeen

ID = "X-Request-ID"
PLAIN = re.compile(r"[\w.-]{1,64}", re.ASCII)


class Traffic:
    """The outermost layer but the one that turns a bug into a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        seen = seen_of(scope)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[ID] = seen.id
                seen.status = message["status"]
                seen.streamed = headers.get("content-type", "").startswith("text/event-stream")
                seen.route = route_of(scope)
            await send(message)

        services: Services | None = scope.get("state", {}).get("services")
        # None where nothing is open, as for a page that needs nothing.
        with services.observer.request(seen) if services else nullcontext():
            await self.app(scope, receive, told)


def seen_of(scope: Scope) -> RequestSeen:
    headers = Headers(scope=scope)
    given = headers.get(ID, "")
    return RequestSeen(
        method=scope["method"],
        # As it came: a line break in it would begin a line of the log.
        path=quote(scope["path"]),
        id=given if PLAIN.fullmatch(given) else secrets.token_hex(8),
        traceparent=headers.get("traceparent", ""),
    )


def route_of(scope: Scope) -> str:
    route: Any = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", ""))
