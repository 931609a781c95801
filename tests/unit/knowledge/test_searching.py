import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fakes.books import Account
from fakes.site import large, page, served_site

from app.knowledge.search.engine import Result, SearchFailed
from app.knowledge.search.folder import Folder, list_documents
from app.knowledge.search.ranking import MOST, ranked
from app.knowledge.search.searching import Searching
from app.pages.fetching import Fetcher
from app.providers.ledger import Key
from graph.errors import TaskInvalid


@dataclass
class Scripted:
    found: list[Result]
    name: str = "scripted"
    together: asyncio.Barrier | None = None
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, term: str) -> list[Result]:
        self.asked.append(term)
        if self.together:
            await self.together.wait()
        return self.found


@dataclass
class Broken(Scripted):
    async def __call__(self, term: str) -> list[Result]:
        raise SearchFailed("Broken does not answer (ConnectError)")


def hit(source: str, text: str = "", whole: bool = True) -> Result:
    return Result(source, source, text or source, whole)


async def test_engines_and_terms_are_asked_side_by_side_and_each_is_paid_once() -> None:
    together, account = asyncio.Barrier(4), Account()
    engines = Scripted([hit("https://a.org")], "one", together), Scripted([hit("https://b.org")], "two", together)
    searching = Searching(engines=engines)
    async with asyncio.timeout(10):
        found = await asyncio.gather(*(searching(term, account.books) for term in ("R peak", "QRS")))
    assert [[f["source"] for f in rows] for rows in found] == [["https://a.org", "https://b.org"]] * 2
    assert await searching("QRS", account.books) == found[1]
    assert sorted(engines[0].asked) == ["QRS", "R peak"]
    assert Key("search", "search", item="two: QRS") in account.rows
    assert all(row.outside for row in account.rows.values())


async def test_one_that_fails_is_told_of_and_the_rest_goes_on() -> None:
    account = Account()
    found = await Searching(engines=(Broken([]), Scripted([hit("https://a.org")])))("R peak: sharp", account.books)
    assert [f["source"] for f in found] == ["https://a.org"]
    assert account.told == ["Broken does not answer (ConnectError); looking 'R peak' up goes on without it"]


async def test_pages_are_fetched_where_an_engine_shows_only_some_lines() -> None:
    pages = {"/a": page(b"<title>A</title><p>All of the page."), "/b": large}
    with served_site(**pages) as site:
        engine = Scripted([hit(site.url("/a"), "lines", False), hit(site.url("/b"), "lines of b", False)])
        account = Account()
        searching = Searching(engines=(engine,), fetcher=Fetcher(frozenset({site.host})))
        found, again = await asyncio.gather(*(searching(term, account.books) for term in ("x", "y")))
        assert sorted(site.asked) == ["/a", "/b", "/b"]
    texts = {f["title"]: f["text"] for f in found}
    assert "All of the page." in texts["A"]
    # Of a page that cannot be had there is still what the engine shows.
    assert texts[site.url("/b")] == "lines of b"
    assert account.told[0] == f"{site.url('/b')}: is larger than 10 MB"
    assert again == found


def test_the_users_own_and_original_sources_go_first_and_each_once() -> None:
    found = [
        hit("https://blog.org/a"),
        hit("https://en.wikipedia.org/wiki/A"),
        hit("https://www.blog.org/a/", "the same page, written otherwise"),
        hit("https://copy.org", "https://blog.org/a"),
        hit("https://notwikipedia.org/x"),
        hit("handbook.pdf"),
    ]
    order = ["handbook.pdf", "https://en.wikipedia.org/wiki/A", "https://blog.org/a", "https://notwikipedia.org/x"]
    assert [result.source for result in ranked(found)] == order
    assert len(ranked(hit(f"https://a.org/{n}") for n in range(20))) == MOST


def test_files_and_folders_are_listed_those_that_can_be_read_alone(tmp_path: Path) -> None:
    (tmp_path / "more/deep").mkdir(parents=True)
    (tmp_path / "more/.git").mkdir()
    for name in ("a.md", "more/b.TXT", "more/deep/c.pdf", "more/d.zip", "more/.git/e.md", "out.md"):
        (tmp_path / name).touch()
    (tmp_path / "more/link.md").symlink_to(tmp_path / "out.md")
    found = list_documents(("a.md", "more"), tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.md", "more/b.TXT", "more/deep/c.pdf"]
    with pytest.raises(TaskInvalid, match=r"^knowledge: nope: no such file or folder"):
        list_documents(("nope",), tmp_path)
    with pytest.raises(TaskInvalid, match=r"^knowledge: more/d.zip: cannot be read; give .htm"):
        list_documents(("more/d.zip",), tmp_path)


async def test_the_likest_document_is_found_and_one_that_cannot_be_read_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Filters\nA band-pass filter for the heart beat.")
    (tmp_path / "b.md").write_bytes(b"# Kitchens\nPots and pans. \xff")
    (tmp_path / "c.pdf").write_bytes(b"no pdf")
    account = Account()
    searching = Searching(own=Folder(list_documents((".",), tmp_path)))
    assert [f["title"] for f in await searching("band-pass filter", account.books)] == ["Filters"]
    assert await searching("quantum", account.books) == []
    assert account.told == ["knowledge: c.pdf: is called a PDF, and is none"]
    assert account.rows == {}
    assert await Searching()("anything", account.books) == []
