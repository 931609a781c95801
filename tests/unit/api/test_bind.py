"""Which addresses are this machine."""

import socket

import pytest

from app.api.bind import DoorOpen, PlaceTaken, is_local, refuse_open_door, refuse_taken


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


def test_a_place_where_nobody_listens_is_left_as_it_is() -> None:
    for _ in range(2):
        refuse_taken("127.0.0.1", 0)


def test_a_place_that_is_taken_is_refused_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            PlaceTaken, match=rf"^cannot listen at 127\.0\.0\.1:{port}: Address already in use; [^\n]+$"
        ):
            refuse_taken("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "not an address", "a" * 300])
def test_an_address_that_is_not_of_this_machine_is_refused_in_one_line(host: str) -> None:
    with pytest.raises(PlaceTaken, match=r"^cannot listen at [^\n]+$"):
        refuse_taken(host, 0)
