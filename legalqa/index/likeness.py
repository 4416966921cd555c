"""How near passages of an index lie to a question, by the vectors that the index holds: nothing is embedded again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from legalqa.index.vectors import VectorIndex, Vectors


class Likeness:
    """Cosines of a question and of passages by their ids, float32 ``[ids]``, times a weight; 0 for unknown ids.

    `embed` is that of questions, by the model whose unit vectors the index holds.
    """

    def __init__(self, index: VectorIndex, embed: Callable[[Sequence[str]], Vectors], weight: float) -> None:
        self._index, self._embed, self._weight = index, embed, weight

    def __call__(self, question: str, ids: Sequence[str]) -> Vectors:
        vector = np.asarray(self._embed([question])[0], "<f4")
        stored, unknown = self._index.vectors(ids), np.zeros_like(vector).tobytes()
        vectors = np.frombuffer(b"".join(stored.get(id, unknown) for id in ids), "<f4").reshape(len(ids), len(vector))
        return np.asarray(self._weight * (vectors @ vector), np.float32)
