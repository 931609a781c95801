"""Text out of each kind of document. To be run where a document that means harm cannot do any: see `confined`."""

import ast
import io
import json
from collections.abc import Callable
from typing import Any

from app.pages.encoding import clean, decode
from app.pages.errors import PageUnreadable
from graph.syntax import tree

MOST_PAGES = 500
Parsed = tuple[str, str]
"""Title, which may be empty, and text."""


def parse_text(content: bytes, charset: str) -> Parsed:
    text = decode(content, charset)
    first = next((line for line in text.splitlines() if line.strip("# =-\t")), "")
    return first.lstrip("# ").strip(), text


def parse_html(content: bytes, charset: str) -> Parsed:
    import trafilatura  # noqa: PLC0415 (half a second; only for pages)
    from lxml.html import fromstring  # noqa: PLC0415

    html = decode(content, charset)
    # An encoding that a page declares is no concern of a text that is decoded already.
    page = fromstring(html.encode("utf-8"), parser=_parser())
    title = " ".join("".join(page.xpath("//title[1]//text()")).split())
    text = trafilatura.extract(page, output_format="markdown", include_comments=False, favor_recall=True)
    return title, clean(text or trafilatura.html2txt(page) or "")


def _parser() -> Any:
    from lxml.html import HTMLParser  # noqa: PLC0415

    return HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def parse_pdf(content: bytes, charset: str) -> Parsed:
    from pypdf import PdfReader  # noqa: PLC0415 (slow to import; only for PDFs)
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise PageUnreadable("is protected by a password")
        if len(reader.pages) > MOST_PAGES:
            raise PageUnreadable(f"has more than {MOST_PAGES} pages")
        text = "\n\n".join(page.extract_text() for page in reader.pages)
        title = str((reader.metadata and reader.metadata.title) or "")
    except PyPdfError as error:
        raise PageUnreadable(f"is a damaged PDF ({type(error).__name__})") from error
    return clean(title), clean(text)


def parse_notebook(content: bytes, charset: str) -> Parsed:
    try:
        cells = json.loads(decode(content))["cells"]
        parts = [_cell(cell) for cell in cells if cell["cell_type"] in ("markdown", "code")]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PageUnreadable("is no notebook") from error
    text = "\n\n".join(part for part in parts if part.strip())
    return parse_text(text.encode("utf-8", "ignore"), "utf-8")[0], clean(text)


def _cell(cell: dict[str, Any]) -> str:
    # What a cell has put out may be data.
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```"


def parse_python(content: bytes, charset: str) -> Parsed:
    text = decode(content, charset)
    try:
        title = (ast.get_docstring(tree(text)) or "").strip().splitlines()[:1]
    except SyntaxError:
        title = []
    return "".join(title), f"```python\n{text}\n```"


PARSERS: dict[str, Callable[[bytes, str], Parsed]] = {
    "text": parse_text,
    "html": parse_html,
    "pdf": parse_pdf,
    "notebook": parse_notebook,
    "python": parse_python,
}
CONFINED = frozenset({"html", "pdf", "python"})
"""Whose parsers can be made to take all time and memory."""
