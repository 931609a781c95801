"""Which addresses the server may listen on, and who comes from this machine."""

import ipaddress
from urllib.parse import urlsplit

from graph.errors import AutoiotError


class DoorOpen(AutoiotError):
    """Anybody in the network could use the server."""


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


def is_local(client: str, host: str, origin: str | None) -> bool:
    """Whether a person at this machine asks: from here, under a name of this machine, and not for a page of another.

    A browser here may show a page from anywhere: by `origin` it tells so, and by `host` where the name of that page
    was made to lead to this machine.
    """
    named = host if origin is None else urlsplit(origin).hostname or ""
    return all(is_loopback(name) for name in (client, host, named))
