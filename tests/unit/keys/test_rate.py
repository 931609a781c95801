"""Requests are counted per caller."""

from app.keys.rate import RateLimit


def test_each_caller_has_a_count_of_its_own() -> None:
    rate = RateLimit(2)
    assert [rate.wait("ann") for _ in range(2)] == [0, 0]
    assert 1 <= rate.wait("ann") <= 60
    assert rate.wait("bob") == 0


def test_zero_is_no_limit() -> None:
    assert not any(RateLimit(0).wait("ann") for _ in range(100))
