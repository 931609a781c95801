"""Documents to passages: a section each, where it is not too long."""

import hashlib
from collections.abc import Iterator
from functools import cache

from langchain_text_splitters import MarkdownHeaderTextSplitter, RecursiveCharacterTextSplitter

from graph.ports import Passage

CHARACTERS, OVERLAP = 1200, 100
FEWEST_LETTERS = 12
"""Less is a page number or a heading that is left alone."""
LEVELS = [("#" * level, str(level)) for level in range(1, 5)]


def split(title: str, source: str, text: str) -> list[Passage]:
    """Each once, in order. The title of a passage is that of the document and of the headings that it stands below."""
    found: dict[str, Passage] = {}
    for heading, part in _parts(text):
        if sum(letter.isalpha() for letter in part) >= FEWEST_LETTERS:
            name = title if heading in ("", title) else f"{title}: {heading}"
            passage = Passage(hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:6], name, source, part)
            found.setdefault(passage.id, passage)
    return list(found.values())


def _parts(text: str) -> Iterator[tuple[str, str]]:
    sections = MarkdownHeaderTextSplitter(LEVELS).split_text(text)
    for section in sections:
        headings = list(dict.fromkeys(str(heading) for heading in section.metadata.values()))
        # The splitter ends the lines of headings with two spaces.
        content = "\n".join(line.rstrip() for line in section.page_content.splitlines())
        for part in _paragraphs().split_text(content):
            yield (headings[-1] if headings else ""), part


@cache
def _paragraphs() -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=OVERLAP)
