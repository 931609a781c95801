"""The nearest of many vectors: a flat FAISS index, held in memory."""

import faiss
import numpy as np


def nearest(vectors: list[list[float]], query: list[float], count: int) -> list[int]:
    """Positions of the `count` vectors with the greatest cosine to `query`, best first; none without likeness."""
    if not vectors:
        return []
    stored, asked = np.asarray(vectors, dtype="float32"), np.asarray([query], dtype="float32")
    faiss.normalize_L2(stored)
    faiss.normalize_L2(asked)
    index = faiss.IndexFlatIP(stored.shape[1])
    index.add(stored)
    scores, positions = index.search(asked, min(count, len(vectors)))
    return [int(place) for score, place in zip(scores[0], positions[0], strict=True) if score > 0]
