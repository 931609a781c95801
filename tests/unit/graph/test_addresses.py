import pytest

from graph.addresses import without_addresses

GOOD = "https://arxiv.org/abs/1234.5678"


@pytest.mark.parametrize(
    "text",
    [
        "See https://made.up/x for more.",
        "See <https://made.up/x>.",
        'See [the paper](https://made.up/x) and ![a picture](http://made.up/p.png "title").',
        "See [the [inner] paper](<https://made.up/x>).",
        'See [the paper][1].\n\n[1]: https://made.up/x "title"\n',
        "See www.made.up/x or made-up.org/x/y.",
        "See doi:10.1234/made.up and https://doi.org/10.1234/made.up.",
        'See <a href="https://made.up/x">this</a> and <img src=http://made.up/p.png>.',
        "```sh\ncurl https://made.up/x\n```",
        "`https://made.up/x`",
        "HTTPS://MADE.UP/X and ftp://made.up/x and mailto:me@made.up",
        f"{GOOD}/../../made.up and {GOOD}made.up",
        "See https://arxiv.org/abs/9999.00000",
    ],
)
def test_an_address_that_nothing_came_from_goes(text: str) -> None:
    left = without_addresses(text, {GOOD})
    for sign in ("made.up", "made-up.org", "://", "9999"):
        assert sign not in left.replace(GOOD, "").lower(), left


def test_what_is_allowed_and_what_is_no_address_stays() -> None:
    text = (
        f"Based on [the paper]({GOOD}), {GOOD}, <{GOOD}>.\n\n```sh\n.venv/bin/pip install -r requirements.txt\n"
        ".venv/bin/python program.py -i data -o results\n```\n"
        "It uses scipy.signal, scipy.io and np.array: 10:30, e.g. [0, 1] (see below).\n"
    )
    assert without_addresses(text, {GOOD}) == text


def test_a_link_becomes_its_words() -> None:
    assert without_addresses("See [the paper](https://made.up/x).", set()) == "See the paper."
