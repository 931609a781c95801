"""A search in a folder of one's own Markdown and text files: no network, no key."""

from dataclasses import dataclass
from pathlib import Path

from app.knowledge.index import nearest
from app.knowledge.lexical import LexicalEmbeddings
from app.providers.live import Found
from graph.errors import TaskInvalid

SUFFIXES = {".md", ".txt"}
MAX_CHARACTERS = 20_000
RESULTS = 3


@dataclass(frozen=True)
class DocumentSearch:
    files: tuple[Path, ...]
    outside: bool = False

    async def __call__(self, term: str) -> Found:
        texts = [file.read_text(encoding="utf-8", errors="replace")[:MAX_CHARACTERS] for file in self.files]
        embeddings = LexicalEmbeddings()
        found = nearest(embeddings.embed_documents(texts), embeddings.embed_query(term), RESULTS) if texts else []
        return [{"title": title(texts[i]), "source": self.files[i].name, "text": texts[i]} for i in found]


def title(text: str) -> str:
    return (text.strip().splitlines() or [""])[0].lstrip("# ").strip()[:120]


def list_documents(paths: tuple[str, ...], base: Path) -> tuple[Path, ...]:
    """The files behind a task's `knowledge`; raises TaskInvalid for a path that does not exist."""
    files: list[Path] = []
    for name in paths:
        path = base / name
        if not path.exists():
            raise TaskInvalid(f"knowledge: {name}: no such file or folder beside the task file")
        files += sorted(path.rglob("*")) if path.is_dir() else [path]
    return tuple(file for file in files if file.is_file() and file.suffix.lower() in SUFFIXES)
