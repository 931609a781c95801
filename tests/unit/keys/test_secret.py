"""Keys as text."""

import pytest

from app.keys.secret import digest, hidden, id_of, new_id, new_secret

KEY = new_secret("0123456789ab")


def test_a_key_has_its_id_and_256_random_bits() -> None:
    key = new_id()
    first, second = new_secret(key), new_secret(key)
    assert id_of(first) == id_of(second) == key
    assert first != second and digest(first) != digest(second)
    assert len(first.removeprefix(f"ak_{key}_")) == 43


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ak_",
        "ak__",
        KEY[:-1],
        KEY + "x",
        KEY + "\n",
        KEY.upper(),
        KEY.replace("_", "-"),
        "é" * 59,
        "x" * 10**6,
    ],
)
def test_what_is_no_key_is_seen_without_looking_it_up(text: str) -> None:
    assert id_of(text) is None


def test_keys_in_a_text_are_cut_down_to_their_ids() -> None:
    assert hidden(f"GET /?a={KEY}&b={KEY} ak_x") == "GET /?a=ak_0123456789ab_...&b=ak_0123456789ab_... ak_x"
