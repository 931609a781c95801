"""One contract for every search engine: what it finds, and how it fails."""

from urllib.parse import unquote_plus

import pytest
from fakes.engines import BOMB, FAKES, Fake
from fakes.site import Page, Visit, page, served_site

from app.knowledge.search.engine import SearchFailed
from app.outgoing import noting

TERM = "R peak: the sharp wave of a heart beat"


@pytest.fixture(params=FAKES)
def fake(request: pytest.FixtureRequest) -> Fake:
    return FAKES[request.param]


def refuses(status: int, times: int = 100, then: Page | None = None) -> Page:
    left = [times]

    def answer(visit: Visit) -> None:
        if left[0] == 0 and then:
            then(visit)
            return
        left[0] -= 1
        visit.send_response(status)
        visit.send_header("Content-Length", "0")
        visit.end_headers()

    return answer


async def test_it_finds_and_says_what_was_sent(fake: Fake) -> None:
    with served_site(**{fake.path: fake.page}) as site, noting() as notes:
        (found,) = await fake.opened(site)(TERM)
        assert found.source.endswith(fake.source)
        assert (found.text, found.whole) == ("Found by their slope.", fake.whole)
        assert found.title.startswith("R peak")
        assert {note.to for note in notes} == {site.url("")}
        assert all("peak" in unquote_plus(note.text) for note in notes)
        assert not any("key" in note.text for note in notes)


async def test_finding_nothing_is_no_failure(fake: Fake) -> None:
    empty = page(b'{"results": []}', "application/json")
    if "arxiv" in fake.source:
        empty = page(b"<feed/>", "application/atom+xml")
    with served_site(**{fake.path: empty}) as site:
        assert await fake.opened(site)(TERM) == []


async def test_what_passes_is_tried_again(fake: Fake) -> None:
    with served_site(**{fake.path: refuses(503, times=1, then=fake.page)}) as site:
        assert len(await fake.opened(site)(TERM)) == 1


@pytest.mark.parametrize(
    "trouble",
    [refuses(500), refuses(429), refuses(401), refuses(403), page(b"<html>not what was asked for", "text/html")],
    ids=["500", "429", "401", "403", "garbage"],
)
async def test_a_failure_is_one_line(fake: Fake, trouble: Page) -> None:
    with served_site(**{fake.path: trouble}) as site:
        with pytest.raises(SearchFailed) as failure:
            await fake.opened(site)(TERM)
        assert "\n" not in str(failure.value)
        assert len(str(failure.value)) < 100


async def test_one_that_is_not_there_is_one_line(fake: Fake) -> None:
    with served_site() as site:
        pass
    with pytest.raises(SearchFailed, match="does not answer"):
        await fake.opened(site)(TERM)


async def test_a_feed_that_means_harm_is_refused() -> None:
    with (
        served_site(**{"/api": page(BOMB.encode(), "application/atom+xml")}) as site,
        pytest.raises(SearchFailed, match="arXiv does not answer with a feed"),
    ):
        await FAKES["arxiv"].opened(site)(TERM)


async def test_what_a_person_can_put_right_is_said() -> None:
    with served_site(**{"/search": refuses(403)}) as site:
        with pytest.raises(SearchFailed, match="JSON switched off"):
            await FAKES["searxng"].opened(site)(TERM)
        with pytest.raises(SearchFailed, match="check TAVILY_API_KEY"):
            await FAKES["tavily"].opened(site)(TERM)
