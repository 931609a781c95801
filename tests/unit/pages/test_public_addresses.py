import pytest

from app.pages.addresses import is_public, target_of
from app.pages.errors import PageRefused


@pytest.mark.parametrize("ip", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_may_be_asked(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::", "::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
        *("64:ff9b::7f00:1", "fec0::1", "192.88.99.1", "2002:7f00:1::", "2001:0:7f00:1::"),
    ],
)
def test_all_others_may_not(ip: str) -> None:
    assert not is_public(ip)


async def test_a_name_is_judged_by_what_it_stands_for() -> None:
    with pytest.raises(PageRefused, match=r"is not a public address \(AUTOIOT_FETCH_HOSTS=localhost would allow it\)"):
        await target_of("http://localhost/", frozenset())
    target = await target_of("http://localhost:81/", frozenset({"localhost:81"}))
    assert (target.own, target.port, "127.0.0.1" in target.ips) == (True, 81, True)
    with pytest.raises(PageRefused, match="port 82"):
        await target_of("http://localhost:82/", frozenset({"localhost:81"}))
