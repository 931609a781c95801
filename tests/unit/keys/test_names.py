"""What a person may write for a name, a workspace and the end of a key."""

from datetime import date

import pytest

from app.keys.errors import KeyInvalid
from app.keys.names import check_name, check_workspace, end

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "last"),
    [("0", "2026-11-24"), ("30", "2026-12-24"), ("2026-11-24", "2026-11-24"), ("2028-02-29", "2028-02-29")],
)
def test_a_key_is_good_until_the_end_of_its_last_day(text: str, last: str) -> None:
    assert end(text, TODAY) == f"{last}T23:59:59.999+00:00"


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1.5", "2026-11-23", "2027-02-30", "31.1.2027", "9" * 9, "9" * 5000, "2027-01-31T00:00"]
)
def test_an_end_that_cannot_be(text: str) -> None:
    with pytest.raises(KeyInvalid, match=r"^[^\n]+$"):
        end(text, TODAY)


@pytest.mark.parametrize("name", ["default", "lab.2", "a", "A_b-c", "0" * 64])
def test_a_workspace(name: str) -> None:
    assert check_workspace(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "../etc", "-x", "a b", "a/b", "a\n", "é", "0" * 65, "a\0"])
def test_what_is_no_workspace(name: str) -> None:
    with pytest.raises(KeyInvalid, match=r"^[^\n]+$"):
        check_workspace(name)


def test_a_name_is_one_line() -> None:
    assert check_name("  Ann's \n laptop ") == "Ann's laptop"


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\0b", "\x1b[31m", "\ud800"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(KeyInvalid, match=r"^[^\n]+$"):
        check_name(name)
