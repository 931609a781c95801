"""The page that describes the API: all of it, with nothing from elsewhere and nothing that runs."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.app import create_app
from app.api.docs import docs_page


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.leads: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.leads += [value or "" for name, value in attrs if name in ("href", "src", "action", "srcset", "data")]
        self.ids += [value or "" for name, value in attrs if name == "id"]


@pytest.fixture(scope="module")
def answer() -> Any:
    app = create_app(pytest.fail)
    # Not entered: without its lifespan, nothing is opened.
    return TestClient(app).get("/docs")


@pytest.fixture(scope="module")
def seen(answer: Any) -> Seen:
    parser = Seen()
    parser.feed(answer.text)
    return parser


def test_it_needs_nothing_from_elsewhere_and_runs_nothing(answer: Any, seen: Seen) -> None:
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert seen.tags.isdisjoint({"script", "link", "img", "iframe", "form", "object", "base"})
    assert "url(" not in answer.text and "@import" not in answer.text
    assert {lead for lead in seen.leads if not lead.startswith("#")} == {"/v1/openapi.json"}


def test_every_operation_is_on_it_and_every_link_leads_somewhere(answer: Any, seen: Seen) -> None:
    document = create_app(pytest.fail).openapi()
    said = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(said) > 25
    assert set(said) <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))
    assert {lead[1:] for lead in seen.leads if lead.startswith("#")} <= set(seen.ids)
    assert len(re.findall(r"<pre>curl ", answer.text)) == len(said)


def test_words_of_the_document_are_words_on_the_page() -> None:
    operation = {"tags": ["a"], "operationId": "a", "description": "<script>", "responses": {}}
    document = {
        "info": {"title": "t", "version": "1", "summary": "s"},
        "paths": {"/a": {"get": operation}},
        "components": {"schemas": {}},
    }
    assert "&lt;script&gt;" in docs_page(document)
    assert "<script" not in docs_page(document)


def test_every_operation_says_what_it_does() -> None:
    paths = create_app(pytest.fail).openapi()["paths"]
    silent = [
        f"{method} {path}"
        for path, all_of in paths.items()
        for method, one in all_of.items()
        if "description" not in one
    ]
    assert silent == []
