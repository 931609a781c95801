"""Where a server is."""

import ipaddress
from dataclasses import dataclass

import httpx2

from app.client.errors import AddressInvalid


@dataclass(frozen=True)
class Address:
    url: str
    """Without a slash at its end."""
    host: str
    is_encrypted: bool

    @property
    def is_here(self) -> bool:
        """Whether what is sent stays on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse_address(given: str) -> Address:
    """Raises AddressInvalid."""
    try:
        url = httpx2.URL(given.strip())
    except httpx2.InvalidURL as error:
        raise AddressInvalid(f"the server's address is no URL ({error}); write e.g. https://HOST") from error
    # Before anything repeats the address: it may hold a password.
    if url.userinfo:
        raise AddressInvalid("the server's address holds a name or a password; a key goes into AUTOIOT_KEY")
    if url.scheme not in ("http", "https") or not url.host:
        raise AddressInvalid(f"the server's address is {given!r}; write e.g. https://HOST or http://127.0.0.1:8000")
    if url.query or url.fragment:
        raise AddressInvalid("the server's address ends where its path does: leave out what follows '?' or '#'")
    plain = str(url).rstrip("/").removesuffix("/v1")
    return Address(plain, url.host, url.scheme == "https")


def check_key(key: str) -> None:
    """Raises AddressInvalid for what no header can carry; never says what it was."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise AddressInvalid("AUTOIOT_KEY: a key has no spaces and plain ASCII only; copy it once more")
