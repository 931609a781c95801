import pytest

from app.client.address import check_key, parse_address
from app.client.errors import AddressInvalid


@pytest.mark.parametrize(
    ("given", "url", "is_here"),
    [
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", True),
        ("http://[::1]:8000/v1", "http://[::1]:8000", True),
        ("http://localhost", "http://localhost", True),
        ("https://lab.example/autoiot/", "https://lab.example/autoiot", False),
    ],
)
def test_an_address(given: str, url: str, is_here: bool) -> None:
    address = parse_address(given)
    assert (address.url, address.is_here) == (url, is_here)


@pytest.mark.parametrize(
    "given", ["", "lab.example", "ftp://lab", "http://", "http://lab?key=1", "http://lab:x", "//lab"]
)
def test_no_address(given: str) -> None:
    with pytest.raises(AddressInvalid):
        parse_address(given)


def test_a_password_in_it_is_not_repeated() -> None:
    with pytest.raises(AddressInvalid) as refused:
        parse_address("ftp://ann:secret@lab")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("key", ["ak_ä", "ak_1\nX: y", "Bearer ak_1"])
def test_no_key(key: str) -> None:
    with pytest.raises(AddressInvalid) as refused:
        check_key(key)
    assert key not in str(refused.value)
