"""Texts found by likeness and by words together: FAISS and BM25, fused by rank.

Reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009. BM25: Robertson and Zaragoza, 2009.
"""

import itertools
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import bm25s
import faiss
import numpy as np

from app.knowledge.words import words

DAMPING = 60
"""How little the first rank counts more than the second, as in the paper."""
DEEP = 50
"""Ranks of each kind that take part."""
Vectors = Sequence[Sequence[float]]
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Index:
    vectors: Any
    """A flat FAISS index of unit vectors."""
    keywords: Any
    """BM25; none where no text has a word."""

    @classmethod
    def of(cls, texts: Sequence[str], vectors: Vectors) -> "Index":
        """Texts and their vectors, in one order: what is found are their positions."""
        stored = np.asarray(vectors, dtype=np.float32)
        faiss.normalize_L2(stored)
        flat = faiss.IndexFlatIP(stored.shape[1])
        flat.add(stored)
        return cls(flat, _keywords([words(text) for text in texts]))

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """Raises OSError, RuntimeError or ValueError where there is none, or a damaged one."""
        flat = faiss.read_index(str(folder / "vectors.faiss"))
        there = (folder / "keywords").is_dir()
        return cls(flat, bm25s.BM25.load(str(folder / "keywords"), mmap=True) if there else None)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        if self.keywords:
            self.keywords.save(str(folder / "keywords"), show_progress=False)

    def nearest(self, vector: Sequence[float], text: str, count: int) -> list[int]:
        """Positions of the `count` texts that answer `text` best, of which `vector` is the embedding."""
        return fused([self.like(vector), self.with_words_of(text)])[:count]

    def like(self, vector: Sequence[float]) -> list[int]:
        """By cosine, the likest first; none without likeness."""
        asked = np.asarray([vector], dtype=np.float32)
        faiss.normalize_L2(asked)
        scores, places = self.vectors.search(asked, min(DEEP, self.vectors.ntotal))
        return [int(place) for score, place in zip(scores[0], places[0], strict=True) if score > 0]

    def with_words_of(self, text: str) -> list[int]:
        """By BM25, the best first; none without a word in common."""
        known = [word for word in words(text) if self.keywords and word in self.keywords.vocab_dict]
        if not known:
            return []
        scores = self.keywords.get_scores(known)
        order = np.argsort(-scores, kind="stable")[:DEEP]
        return [int(place) for place in order if scores[place] > 0]


def _keywords(texts: list[list[str]]) -> Any:
    if not any(texts):
        return None
    found = bm25s.BM25()
    found.index(texts, show_progress=False)
    return found


def fused(rankings: Sequence[Sequence[T]]) -> list[T]:
    """One ranking of several; of equals the one that comes first in the first of them."""
    scores: dict[T, float] = defaultdict(float)
    for rank, place in itertools.chain.from_iterable(map(enumerate, rankings)):
        scores[place] += 1 / (DAMPING + rank + 1)
    return sorted(scores, key=lambda place: -scores[place])
