from pathlib import Path

import pytest

from app.knowledge.documents import DocumentSearch, list_documents
from graph.errors import TaskInvalid


def test_files_and_folders_are_listed_texts_alone(tmp_path: Path) -> None:
    (tmp_path / "more/deep").mkdir(parents=True)
    for name in ("a.md", "more/b.TXT", "more/deep/c.md", "more/d.pdf"):
        (tmp_path / name).touch()
    found = list_documents(("a.md", "more"), tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.md", "more/b.TXT", "more/deep/c.md"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaskInvalid, match=r"^knowledge: nope: no such file or folder"):
        list_documents(("nope",), tmp_path)


async def test_the_likest_text_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Filters\nA band-pass filter for the heart beat.")
    (tmp_path / "b.md").write_bytes(b"# Kitchens\nPots and pans. \xff")
    search = DocumentSearch(list_documents((".",), tmp_path))
    assert [found["title"] for found in await search("band-pass filter")] == ["Filters"]
    assert await search("quantum") == []
    assert await DocumentSearch(())("anything") == []
