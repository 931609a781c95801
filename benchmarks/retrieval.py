# ruff: noqa: T201, E402 (it prints for a person)
"""How well passages are found, on questions that were judged by hand, and how fast among ten thousand.

`python benchmarks/retrieval.py`. The documents and questions are our own: benchmarks/judged.
"""

import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from app.knowledge.index import Index
from app.knowledge.lexical import LexicalEmbeddings
from app.knowledge.searchable import searchable
from app.knowledge.splitting import split
from graph.ports import Passage

JUDGED = ROOT / "benchmarks" / "judged"
AT = 5
MANY = 10_000


@dataclass(frozen=True)
class Shelf:
    passages: list[Passage]
    index: Index
    embeddings: LexicalEmbeddings

    @classmethod
    def of(cls, passages: list[Passage]) -> "Shelf":
        embeddings, texts = LexicalEmbeddings(), [searchable(passage) for passage in passages]
        return cls(passages, Index.of(texts, embeddings.embed_documents(texts)), embeddings)

    def found(self, question: str) -> dict[str, list[int]]:
        vector = self.embeddings.embed_query(question)
        return {
            "lexical vectors (the offline default)": self.index.like(vector),
            "keywords (BM25)": self.index.with_words_of(question),
            "hybrid": self.index.nearest(vector, question, AT),
        }


def read_passages() -> list[Passage]:
    found: list[Passage] = []
    for file in sorted((JUDGED / "documents").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        found += split(text.splitlines()[0].lstrip("# "), file.stem, text)
    return found


def name_of(passage: Passage) -> str:
    """As the questions have it: file#heading."""
    return f"{passage.source}#{passage.title.partition(': ')[2]}"


def recall(shelf: Shelf, questions: list[dict[str, Any]], misses: list[str]) -> dict[str, float]:
    """The share of questions with a right passage among the first five, by way of looking."""
    right: dict[str, int] = {}
    for question in questions:
        for way, places in shelf.found(question["ask"]).items():
            names = [name_of(shelf.passages[place]) for place in places[:AT]]
            hit = bool(set(names) & set(question["answer"]))
            right[way] = right.get(way, 0) + hit
            if way == "hybrid" and not hit:
                misses.append(f"{question['ask']} -> {', '.join(names)}")
    return {way: count / len(questions) for way, count in right.items()}


def generated(passages: list[Passage]) -> list[Passage]:
    """Sentences of the handbooks in other company, each passage with a number of its own."""
    sentences = [sentence for passage in passages for sentence in passage.text.split(". ")]
    chosen = random.Random(1)
    return [
        Passage(f"{number:06x}", f"Part {number}", "generated", ". ".join(chosen.sample(sentences, 8)) + f" {number}.")
        for number in range(MANY)
    ]


def pace(passages: list[Passage], questions: list[str]) -> None:
    began = time.perf_counter()
    shelf = Shelf.of(generated(passages))
    print(f"  {MANY:,} passages: index built in {time.perf_counter() - began:.1f} s", end="")
    with tempfile.TemporaryDirectory() as name:
        shelf.index.save(Path(name) / "index")
        size = sum(file.stat().st_size for file in Path(name).rglob("*") if file.is_file())
        began = time.perf_counter()
        index = Index.open(Path(name) / "index")
        print(f", opened from disk ({size / 1e6:.0f} MB) in {1000 * (time.perf_counter() - began):.0f} ms", end="")
        times: list[float] = []
        for question in questions:
            began = time.perf_counter()
            index.nearest(shelf.embeddings.embed_query(question), question, AT)
            times.append(1000 * (time.perf_counter() - began))
    times.sort()
    print(f", a query p50 {times[len(times) // 2]:.1f}, p95 {times[int(0.95 * len(times))]:.1f} ms")


def main() -> None:
    passages = read_passages()
    shelf = Shelf.of(passages)
    print(f"Retrieval: {len(passages)} passages of {len({p.source for p in passages})} documents")
    for file in ("questions.yaml", "later.yaml"):
        questions = yaml.safe_load((JUDGED / file).read_text(encoding="utf-8"))
        if questions:
            misses: list[str] = []
            print(f"  {file}, {len(questions)} questions, recall@{AT}:")
            for way, share in recall(shelf, questions, misses).items():
                print(f"    {way:40} {share:.3f}")
            print("".join(f"    missed: {miss}\n" for miss in misses), end="")
    asked = yaml.safe_load((JUDGED / "questions.yaml").read_text(encoding="utf-8"))
    pace(passages, [question["ask"] for question in asked])


if __name__ == "__main__":
    main()
