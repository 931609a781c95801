import io
import json

import pytest
from pypdf import PdfWriter

from app.pages.confined import parse_confined
from app.pages.encoding import decode
from app.pages.errors import PageUnreadable
from app.pages.reading import MOST_BYTES, read_document

JAPANESE = "心電図の解析。これは日本語の文章です。信号処理とフィルタについて説明します。"


def pdf(password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if password:
        writer.encrypt(password)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def written(text: str) -> bytes:
    """A PDF of one page with one line on it."""
    stream = f"BT /F1 12 Tf 10 50 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 100] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", list[int]()
    for number, value in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 5\n0000000000 65535 f \n" + rows
    return body + table + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def test_a_pdf_is_read() -> None:
    assert "An R peak is sharp" in read_document(written("An R peak is sharp"), "peaks.pdf").text


def test_markdown_and_text_have_their_first_line_for_a_title() -> None:
    document = read_document(b"\n# The manual\nIt says so.\n", "manual.md")
    assert (document.title, document.source) == ("The manual", "manual.md")
    assert read_document(b"====\nPlain words", "a.txt").title == "Plain words"


def test_a_notebook_is_read_without_what_its_cells_have_put_out() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Filters\n", "Of heart beats."]},
        {"cell_type": "code", "source": "x = 1", "outputs": [{"text": "secret"}]},
        {"cell_type": "raw", "source": "raw"},
    ]
    document = read_document(json.dumps({"cells": cells}).encode(), "a.ipynb")
    assert document.title == "Filters"
    assert "```python\nx = 1\n```" in document.text
    assert "secret" not in document.text


def test_source_code_is_known_by_its_docstring() -> None:
    document = read_document(b'"""Finds beats.\n\nBy slope."""\nx = 1\n', "https://site.org/a.py", "text/plain")
    assert document.title == "Finds beats."
    assert document.text.startswith("```python")


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp", "utf-16", "utf-8-sig"])
def test_an_encoding_that_nobody_names_is_found(encoding: str) -> None:
    assert decode((JAPANESE * 5).encode(encoding)) == JAPANESE * 5


def test_what_no_database_takes_is_left_out() -> None:
    assert decode(b"a\0b") == "ab"
    assert "\ud800" not in decode(b"a\xed\xa0\x80b")
    assert decode(b"words", "no-such-encoding") == "words"


@pytest.mark.parametrize(
    ("content", "name", "line"),
    [
        (b"<html>", "a.pdf", "a.pdf: is called a PDF, and is none"),
        (b"%PDF-1.7 and no more", "a.pdf", "a.pdf: is a damaged PDF"),
        (pdf(), "a.pdf", r"a.pdf: has no text in it \(is it a scan\?\)"),
        (pdf("word"), "a.pdf", "a.pdf: is protected by a password"),
        (b"PK\x03\x04", "a.zip", "a.zip: not a kind of document that can be read; give .htm"),
        (b"\0" * 100, "a.txt", "a.txt: is called text, and holds no text"),
        (b" \n", "a.md", "a.md: has no text in it"),
        (b"[1]", "a.ipynb", "a.ipynb: is no notebook"),
        (b"<p>" * 3_000_000, "a.html", "a.html: "),
        (b" " * (MOST_BYTES + 1), "a.txt", "a.txt: is larger than 20 MB"),
    ],
)
def test_what_cannot_be_read_ends_in_one_line(content: bytes, name: str, line: str) -> None:
    with pytest.raises(PageUnreadable, match=line) as refusal:
        read_document(content, name)
    assert "\n" not in str(refusal.value)


def test_a_parser_that_does_not_end_is_ended() -> None:
    with pytest.raises(PageUnreadable, match="takes more than 0 s to read"):
        parse_confined("pdf", written("words"), "", seconds=0)
