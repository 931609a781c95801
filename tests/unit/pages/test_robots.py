import pytest

from app.pages.errors import PageRefused
from app.pages.response import Answer
from app.pages.robots import Robots

RULES = b"User-agent: *\nDisallow: /private\n\nUser-agent: AutoIOT\nDisallow: /not-for-it\n"


def robots(status: int, content: bytes = b"", asked: list[str] | None = None) -> Robots:
    async def ask(url: str, most: int) -> Answer:
        if asked is not None:
            asked.append(url)
        if status == 0:
            raise PageRefused("away")
        return Answer(url, status, "text/plain", content)

    return Robots(ask)


async def test_the_site_is_asked_once_and_its_word_is_kept() -> None:
    asked: list[str] = []
    site = robots(200, RULES, asked)
    await site.refuse_unwanted("https://site.org/a?b=c")
    await site.refuse_unwanted("https://site.org/private")
    with pytest.raises(PageRefused, match="does not want robots there"):
        await site.refuse_unwanted("https://site.org/not-for-it/x")
    assert asked == ["https://site.org/robots.txt"]


async def test_no_file_allows_all() -> None:
    await robots(404).refuse_unwanted("https://site.org/a")


@pytest.mark.parametrize("status", [0, 500])
async def test_a_site_that_cannot_say_is_left_alone(status: int) -> None:
    with pytest.raises(PageRefused, match="cannot be had"):
        await robots(status).refuse_unwanted("https://site.org/a")
