"""When a workspace has used up what it may."""

import math

import pytest

from app.keys.errors import KeyInvalid
from app.keys.quota import Quota, Use, exceeded, too_big

MB = 1_000_000


def test_without_a_limit_nothing_is_too_much() -> None:
    much = Use(10**9, 10**9, 10**15, 1e12, 10**15)
    assert exceeded(Quota(), much) is None
    assert too_big(Quota(), much, 10**15) is None


@pytest.mark.parametrize("name", ["jobs_running", "jobs_a_day", "tokens", "usd"])
def test_each_limit_is_told_in_one_line_when_it_is_reached(name: str) -> None:
    quota = Quota(**{name: 3})
    assert exceeded(quota, Use(**{name: 2})) is None
    line = exceeded(quota, Use(**{name: 3}))
    assert line and line.startswith("quota: 3 ") and "\n" not in line
    assert exceeded(Quota(**{name: 0}), Use())


def test_more_bytes_fit_up_to_the_limit() -> None:
    quota, use = Quota(disk_mb=10), Use(bytes=8 * MB)
    assert too_big(quota, use, 2 * MB) is None
    assert too_big(quota, use, 2 * MB + 1) == (
        "quota: 10 MB of datasets and documents may be kept, 8.0 MB are, and this has 2.0 MB: delete something first"
    )
    assert exceeded(quota, Use(bytes=11 * MB)) is None


def test_its_own_goes_before_the_default_and_nothing_is_no_zero() -> None:
    assert Quota(tokens=0).over(Quota(tokens=5, usd=1.0)) == Quota(tokens=0, usd=1.0)


@pytest.mark.parametrize("usd", [-0.01, math.nan, -math.inf])
def test_what_is_no_quota(usd: float) -> None:
    with pytest.raises(KeyInvalid):
        Quota(usd=usd)
