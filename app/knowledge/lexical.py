"""Embeddings without a model: words and pairs of words, hashed. Openly lexical: synonyms do not match."""

from typing import Any

from langchain_core.embeddings import Embeddings

SIZE = 2048


class LexicalEmbeddings(Embeddings):
    def __init__(self) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415 (seconds; seldom needed)

        self._vectorizer = HashingVectorizer(n_features=SIZE, ngram_range=(1, 2), stop_words="english")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: Any = self._vectorizer.transform(texts)
        return vectors.toarray().tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
