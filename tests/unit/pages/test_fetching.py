import time

import pytest
from fakes.site import Page, endless, large, packed, page, redirect, sent_nowhere, served_site, silent

from app.outgoing import noting
from app.pages.errors import PageRefused, PageUnreadable
from app.pages.fetching import Fetcher

RUSSIAN = "<html><head><title>Пульс</title></head><body><p>Ритм сердца</p></body></html>"


async def fetched(path: str, **pages: Page) -> str:
    with served_site(**pages) as site:
        document = await Fetcher(frozenset({site.host}), seconds=5, most=1_000_000).document(site.url(path))
        assert site.hosts[0] == site.host
        assert document.source.startswith("http://127.0.0.1")
        return f"{document.title}: {document.text}"


async def test_a_page_is_had_as_text() -> None:
    found = await fetched("/a", **{"/a": page(b"<title>Beats</title><p>An R peak is <b>sharp</b>.</p>")})
    assert found.startswith("Beats: ")
    assert "<b>" not in found


@pytest.mark.parametrize(
    "found",
    [
        page(RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251"),
        page(RUSSIAN.replace("<head>", "<head><meta charset='koi8-r'>").encode("koi8-r")),
        page(RUSSIAN.encode("utf-16")),
        page(RUSSIAN.encode()),
    ],
    ids=["header", "meta", "mark", "utf-8"],
)
async def test_a_page_in_a_foreign_encoding_is_read(found: Page) -> None:
    assert await fetched("/a", **{"/a": found}) == "Пульс: Ритм сердца"


async def test_a_redirect_is_followed_and_the_source_is_where_it_led() -> None:
    with served_site(**{"/a": redirect("/b"), "/b": page(b"found", "text/plain")}) as site:
        with noting() as notes:
            document = await Fetcher(frozenset({site.host})).document(site.url("/a"))
        assert document.source == site.url("/b")
        assert [note.text for note in notes] == [site.url("/a"), site.url("/b")]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (large, "is larger than 1 MB"),
        (endless, "is larger than 1 MB"),
        (packed(100_000_000), "is larger than 1 MB"),
        (page(b"not gzip", "text/plain", Content_Encoding="gzip"), "is damaged: it cannot be unpacked"),
        (page(b"x", "text/plain", Content_Encoding="gzip, gzip"), "packed in a way that was not asked for"),
        (redirect("http://127.0.0.1:1/"), "port 1 is not fetched from"),
        (redirect("http://127.0.0.1/"), "127.0.0.1 is not a public address"),
        (redirect("http://169.254.169.254/latest/meta-data"), "169.254.169.254 is not a public address"),
        (redirect("http://[::1]/"), "::1 is not a public address"),
        (redirect("http://[::ffff:10.0.0.1]/"), "is not a public address"),
        (redirect("http://2130706433/"), "not a public address"),
        (redirect("file:///etc/passwd"), "only http and https are fetched"),
        (redirect("http://user:hush@127.0.0.1/"), "with a name or password"),
        (sent_nowhere, "the server answers 302"),
        (redirect("http://[x/"), "is sent on to what is no address"),
        (redirect("/a"), "is sent on more than 5 times"),
        (page(b"x", "image/png"), "image/png is not a kind of page that can be read"),
    ],
)
async def test_what_must_not_be_fetched_ends_in_one_line(found: Page, line: str) -> None:
    with pytest.raises(PageRefused, match=line) as refusal:
        await fetched("/a", **{"/a": found})
    assert "\n" not in str(refusal.value)
    assert "hush" not in str(refusal.value)


async def test_a_page_that_is_no_document_is_told_of() -> None:
    with pytest.raises(PageUnreadable, match="is called a PDF, and is none"):
        await fetched("/a.pdf", **{"/a.pdf": page(b"<html>", "application/pdf")})


async def test_a_missing_page_and_a_server_that_is_not_there_are_told_of() -> None:
    with pytest.raises(PageRefused, match="answers 404"):
        await fetched("/a")
    with pytest.raises(PageRefused, match="cannot be fetched"):
        await Fetcher(frozenset({"127.0.0.1:1"})).document("http://127.0.0.1:1/")


async def test_a_page_that_does_not_come_is_given_up() -> None:
    with served_site(**{"/a": silent}) as site:
        began = time.monotonic()
        with pytest.raises(PageRefused, match="takes more than 0 s"):
            await Fetcher(frozenset({site.host}), seconds=0.2).document(site.url("/a"))
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "url", ["", "http://", "ftp://x/", "http://a b/", "http://[::1", "http://nowhere.invalid/", "x"]
)
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(PageRefused):
        await Fetcher().document(url)
