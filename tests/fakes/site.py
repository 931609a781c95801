"""A web site on the loopback, some of whose pages mean harm."""

import gzip
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Page = Callable[["Visit"], None]


@dataclass
class Site:
    pages: dict[str, Page]
    port: int = 0
    asked: list[str] = field(default_factory=list[str])
    hosts: list[str] = field(default_factory=list[str])
    closing: threading.Event = field(default_factory=threading.Event)
    most_at_once: int = 0
    at_once: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"


class Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        site: Site = self.server.site
        site.asked.append(self.path)
        site.hosts.append(self.headers["Host"])
        self.close_connection = True
        page = site.pages.get(self.path.partition("?")[0])
        if page:
            page(self)
        else:
            self.send_error(404)

    do_POST = do_GET

    def answer(self, body: bytes, kind: str = "text/html", **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nobody reads it."""


def page(body: bytes, kind: str = "text/html", **headers: str) -> Page:
    return lambda visit: visit.answer(body, kind, **headers)


def redirect(to: str) -> Page:
    def answer(visit: Visit) -> None:
        visit.send_response(302)
        visit.send_header("Location", to)
        visit.send_header("Content-Length", "0")
        visit.end_headers()

    return answer


def sent_nowhere(visit: Visit) -> None:
    """A redirect that does not say where to."""
    visit.send_response(302)
    visit.send_header("Content-Length", "0")
    visit.end_headers()


def endless(visit: Visit) -> None:
    """Never says how much comes, and never ends."""
    visit.send_response(200)
    visit.send_header("Content-Type", "text/plain")
    visit.end_headers()
    while not visit.server.site.closing.is_set():
        try:
            visit.wfile.write(b"and so on " * 10_000)
        except OSError:
            return


def silent(visit: Visit) -> None:
    visit.server.site.closing.wait()


def large(visit: Visit) -> None:
    """50 MB, announced."""
    visit.send_response(200)
    visit.send_header("Content-Type", "text/html")
    visit.send_header("Content-Length", str(50_000_000))
    visit.end_headers()


def packed(size: int) -> Page:
    """Zeros that take a thousandth of their size on the way."""
    return page(gzip.compress(b"0" * size), "text/plain", Content_Encoding="gzip")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has had enough is no news."""


@contextmanager
def served_site(**pages: Page) -> Generator[Site]:
    """`served_site(**{"/path": page(b"...")})`."""
    with _Server(("127.0.0.1", 0), Visit) as server:
        site = server.site = Site(dict(pages), server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site
        finally:
            site.closing.set()
            server.shutdown()
            thread.join()
