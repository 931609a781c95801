import asyncio
import json
from pathlib import Path

from app.artifacts.store import ArtifactStore
from app.knowledge.retrieval import PASSAGES, Retrieval, embed_lexically


def document(store: ArtifactStore, name: str, text: str) -> str:
    return store.put(json.dumps({"title": name, "source": f"{name}.md", "text": text}).encode())


async def test_steps_that_look_into_the_same_documents_embed_them_once(tmp_path: Path) -> None:
    store, embedded = ArtifactStore(tmp_path), list[list[str]]()

    async def embed(texts: list[str]) -> list[list[float]]:
        embedded.append(texts)
        return await embed_lexically(texts)

    retrieval = Retrieval(store, embed)
    references = [document(store, name, f"# {name}\nThis part tells of {name} at length.") for name in ("hum", "beats")]
    results = await asyncio.gather(*(retrieval.passages(references, query) for query in ("beats", "hum", "hum")))
    assert [found[0].source for found in results] == ["beats.md", "hum.md", "hum.md"]
    assert sum(len(texts) == 2 for texts in embedded) == 1


async def test_no_more_than_a_few_passages_and_each_text_once(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    text = "\n\n".join(f"# Part {number}\nThis one tells of filters and of number {number}." for number in range(20))
    references = [document(store, "a", text), document(store, "copy", text)]
    found = await Retrieval(store, embed_lexically).passages(references, "filters")
    assert len(found) == PASSAGES == len({passage.text for passage in found})
    assert {passage.source for passage in found} == {"a.md"}
    assert await Retrieval(store, embed_lexically).passages([], "filters") == []
