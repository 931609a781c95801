"""Which addresses are this machine."""

import pytest

from app.api.bind import DoorOpen, is_local, refuse_open_door


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_without_a_key_this_machine_is_served(host: str) -> None:
    refuse_open_door(host, has_keys=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "example.org", "localhost.example.org", "127.1"])
def test_without_a_key_no_other_address_is(host: str) -> None:
    refuse_open_door(host, has_keys=True)
    with pytest.raises(DoorOpen, match=r"^without any key [^\n]+$"):
        refuse_open_door(host, has_keys=False)


@pytest.mark.parametrize(
    ("client", "host", "origin", "local"),
    [
        ("127.0.0.1", "127.0.0.1", None, True),
        ("127.0.0.1", "LocalHost:8000", "http://localhost:8000", True),
        ("::1", "[::1]:8000", "http://[::1]:8000", True),
        ("10.0.0.7", "127.0.0.1", None, False),
        ("", "127.0.0.1", None, False),
        ("127.0.0.1", "made-to-lead-here.example", None, False),
        ("127.0.0.1", "localhost", "https://elsewhere.example", False),
        ("127.0.0.1", "localhost", "null", False),
        ("127.0.0.1", "localhost", "", False),
        ("127.0.0.1", "localhost", "http://localhost@elsewhere.example", False),
        ("127.0.0.1", "", None, False),
        ("127.0.0.1", "[", None, False),
        ("127.0.0.1", "localhost", "http://[", False),
    ],
)
def test_who_is_at_this_machine(client: str, host: str, origin: str | None, local: bool) -> None:
    assert is_local(client, host, origin) is local
