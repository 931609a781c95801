import pytest

from sandbox.text import rename, scrub


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gerät\tΔ\n", "Gerät\tΔ\n"),
        ("10 %\r20 %\r\n", "10 %\n20 %\n"),
        ("\x1b[31mred\x1b]0;title\x07", "[31mred]0;title"),
        ("a\x00\x08\x7f\x9bb", "ab"),
        ("a\u202eb\u2066c\u200fd\u061ce", "abcde"),
        ("a\ud800b", "ab"),
        ("", ""),
    ],
)
def test_scrub(text: str, shown: str) -> None:
    assert scrub(text) == shown


def test_rename_takes_whole_names_and_the_longest_first() -> None:
    names = {"/home/me": "/usr", "/home/me/data": "/input"}
    text = "/home/me/data/a.csv /home/me/data2 /home/me/x /home/me-too"
    assert rename(text, names) == "/input/a.csv /usr/data2 /usr/x /home/me-too"
