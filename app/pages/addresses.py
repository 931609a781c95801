"""Where a fetch may go: public addresses, and those of one's own network that were named."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from app.pages.errors import PageRefused

PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
RELAY = ipaddress.ip_network("192.88.99.0/24")
"""Once led from IPv4 to IPv6 (RFC 7526)."""


@dataclass(frozen=True)
class Target:
    """An address that may be asked, with the IP addresses to ask it at."""

    url: str
    host: str
    port: int
    ips: tuple[str, ...]
    own: bool
    """Of one's own network, and named by its owner."""


async def target_of(url: str, own: frozenset[str]) -> Target:
    """Look `url` up; `own` holds hosts, or `host:port`, that may be private.

    The IP addresses are to be asked as they are: looked up again, the name may give others.

    Raises:
        PageRefused: it may not be fetched, or its host is not known.
    """
    parts = _split(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if host in own or f"{host}:{port}" in own:
        return Target(url, host, port, await _look_up(url, host, port), own=True)
    if port != PORTS[parts.scheme]:
        raise PageRefused(f"{url}: port {port} is not fetched from (AUTOIOT_FETCH_HOSTS={host}:{port} would allow it)")
    ips = await _look_up(url, host, port)
    private = next((ip for ip in ips if not is_public(ip)), None)
    if private:
        raise PageRefused(f"{url}: {private} is not a public address (AUTOIOT_FETCH_HOSTS={host} would allow it)")
    return Target(url, host, port, ips, own=False)


def is_public(address: str) -> bool:
    """False for this machine, its networks, what stands for them in IPv6, multicast and what is reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip.is_site_local:
            return False
    return ip not in RELAY and ip.is_global and not ip.is_multicast and not ip.is_reserved


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        fetchable = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError:
        raise PageRefused(f"{url[:200]}: not an address") from None
    if not fetchable or not url.isprintable() or " " in url:
        raise PageRefused(f"{url[:200]}: only http and https are fetched")
    if parts.username or parts.password:
        raise PageRefused(f"{parts.scheme}://{parts.hostname}: an address with a name or password in it is not fetched")
    return parts


async def _look_up(url: str, host: str, port: int) -> tuple[str, ...]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PageRefused(f"{url}: the host is not known") from error
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))
