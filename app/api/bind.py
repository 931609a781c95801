"""Which addresses the server may listen on, and who comes from this machine."""

import ipaddress
import re
import socket

from graph.errors import AutoiotError

_ADDRESS = re.compile(r"(?:https?://)?(\[[0-9a-f:.]+\]|[^][/:@?#]+)(?::\d+)?")


class DoorOpen(AutoiotError):
    """Anybody in the network could use the server."""


class PlaceTaken(AutoiotError):
    """Another process listens there, or it is no address of this machine."""


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_open_door(host: str, has_keys: bool) -> None:
    """Raises DoorOpen where others than this machine could come in without a key."""
    if not has_keys and not is_loopback(host):
        raise DoorOpen(
            f"without any key the server listens on this machine only, not on {host}:"
            " run `autoiot keys create NAME --role admin` first"
        )


def refuse_taken(host: str, port: int) -> None:
    """Raises PlaceTaken where nobody could listen, before anything is opened for it."""
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            # What a server leaves behind for a minute is no reason.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PlaceTaken(f"cannot listen at {host}:{port}: {reason}; --host and --port give another place") from error


def is_local(client: str, host: str, origin: str | None) -> bool:
    """Whether a person at this machine asks: from here, under a name of this machine, and not for a page of another.

    A browser here may show a page from anywhere: by `origin` it tells so, and by `host` where the name of that page
    was made to lead to this machine.
    """
    named = (host,) if origin is None else (host, origin)
    return all(map(is_loopback, (client, *map(host_of, named))))


def host_of(address: str) -> str:
    """The bare host of `HOST:PORT` or of an origin; empty where there is none."""
    found = _ADDRESS.fullmatch(address.lower())
    return found[1].strip("[]") if found else ""
