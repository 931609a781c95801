"""A whole job whose search leads to pages that mean harm: each ends in one line, and the job goes on with the rest."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes.command import Job, begin
from fakes.engines import as_json
from fakes.server import model_server
from fakes.site import Page, Site, Visit, endless, large, packed, page, redirect, served_site
from pypdf import PdfWriter

RUSSIAN = "<html><title>Порог</title><body><p>Порог делит уровни на высокие и низкие.</p></body></html>"
TERMS = {"terms": [{"term": "threshold"}, {"term": "offset"}]}


def locked() -> bytes:
    writer, content = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("word")
    writer.write(content)
    return content.getvalue()


BAD: dict[str, tuple[Page, str]] = {
    "/large": (large, "/large: is larger than 10 MB"),
    "/endless": (endless, "/endless: is larger than 10 MB"),
    "/bomb": (packed(200_000_000), "/bomb: is larger than 10 MB"),
    "/here": (redirect("http://127.0.0.1/admin"), "127.0.0.1 is not a public address"),
    "/cloud": (redirect("http://169.254.169.254/latest/meta-data/"), "169.254.169.254 is not a public address"),
    "/false.pdf": (page(b"<html>no</html>", "application/pdf"), "/false.pdf: is called a PDF, and is none"),
    "/locked.pdf": (page(locked(), "application/pdf"), "/locked.pdf: is protected by a password"),
    "/archive": (page(b"PK\x03\x04", "application/zip"), "/archive: application/zip is not a kind of page"),
}
GOOD = "/foreign"


def search(visit: Visit) -> None:
    """The first term leads to one half of the pages, the other term to the other."""
    asked = parse_qs(urlsplit(visit.path).query)["q"][0]
    paths = [*BAD, GOOD]
    chosen = paths[:5] if asked == "threshold" else paths[5:]
    site: Site = visit.server.site
    rows = [{"title": path, "url": site.url(path), "content": f"Some lines of {path}, as shown."} for path in chosen]
    as_json({"results": rows})(visit)


@pytest.fixture
def site() -> Iterator[Site]:
    pages = {path: page for path, (page, _) in BAD.items()}
    foreign = page(RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251")
    with served_site(**pages, **{"/search": search, GOOD: foreign}) as site:
        yield site


@pytest.fixture
def job(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    job = begin(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("AUTOIOT_SEARCH", "searxng")
    monkeypatch.setenv("AUTOIOT_SEARXNG_URL", site.url(""))
    monkeypatch.setenv("AUTOIOT_FETCH_HOSTS", site.host)
    return job


def test_each_ends_in_a_line_and_the_job_goes_on(job: Job, site: Site) -> None:
    with model_server() as server:
        job.ask(server)
        server.answers |= {"terms": json.dumps(TERMS), "judge": judged(5)}
        done = job.run("--out", "out")
        assert done.code == 0
        for _, line in BAD.values():
            assert done.out.count(line) == 1, line
        prompt = next(body for step, body in zip(server.asked, server.bodies, strict=True) if step == "judge")
        assert "\0" not in json.dumps(prompt)
        shown = "".join(body["messages"][1]["content"] for body in server.bodies)
        assert "Порог делит уровни на высокие и низкие." in shown
        # What the engine shows of a page stands in for it.
        assert "Some lines of /endless, as shown." in shown
    rows = json.loads(job("privacy", done.run, "--json").out)
    fetched = [row for row in rows if row["kind"] == "fetch"]
    assert {row["status"] for row in fetched} == {"failed", "finished"}
    assert len(fetched) == len(BAD) + 1
    assert {urlsplit(row["to"]).netloc for row in fetched} == {site.host}


def judged(count: int) -> str:
    return json.dumps({"pages": [{"number": n + 1, "keep": True, "reason": "maybe"} for n in range(count)]})
