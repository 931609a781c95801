"""Embeddings without a model: words, pairs and parts of words, hashed. Openly lexical: what has no word in common, and
is not in the glossary, does not match.
"""

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from app.knowledge.words import words

SIZE = 2048
PAIR, PART = 0.5, 0.25
"""What they weigh against a word."""
LETTERS = 5


class LexicalEmbeddings(Embeddings):
    def __init__(self) -> None:
        from sklearn.feature_extraction import FeatureHasher  # noqa: PLC0415 (seconds; seldom needed)

        self._hasher: Any = FeatureHasher(n_features=SIZE)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: Any = self._hasher.transform(features(text) for text in texts)
        return vectors.toarray().tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def features(text: str) -> dict[str, float]:
    """Damped: the tenth time says less than the first."""
    found = words(text)
    weights = {word: 1 + float(np.log(count)) for word, count in Counter(found).items()}
    weights |= {f"{first} {second}": PAIR for first, second in pairwise(found)}
    return weights | {f"#{part}": PART for word in set(found) for part in parts(word)}


def parts(word: str) -> set[str]:
    return {word[place : place + LETTERS] for place in range(len(word) - LETTERS)} if word.isalpha() else set()
