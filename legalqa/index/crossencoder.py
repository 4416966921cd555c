"""A question and a passage, read together → whether the passage answers it, and with which of its words.

An int8 cross-encoder (Nogueira and Cho 2019) with a second head over the tokens, as extractive readers have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from legalqa.index.network import Network, read_recipe
from legalqa.values.document import Span
from legalqa.values.relevance import Relevance

Scores = npt.NDArray[np.float32]


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tokens of question and passage together, and `CrossEncoder.cosine`. Calibration is part of the graph."""

    max_tokens: int
    cosine: float = 0.0


class CrossEncoder:
    """A reranker that marks evidence: a folder with ``model.onnx``, ``tokenizer.json`` and ``recipe.json``.

    A question and a passage always have the same scores, whatever stands beside them. Nothing is loaded before the
    first use. Safe to use from several threads. Questions beyond half of `max_tokens` are cut off, so that something
    of the passage is read.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._recipe = read_recipe(folder, Recipe)
        self._network = Network(folder, "model.onnx", self._recipe.max_tokens, threads)

    @property
    def max_tokens(self) -> int:
        """Tokens of question and passage that are read, including the three that frame them."""
        return self._network.max_tokens

    @property
    def cosine(self) -> float:
        """How many logits a cosine of 1 under the embedding is worth when passages are put in order.

        Two vectors see what a reader of few passages overlooks: both together order better than either. Measured with
        the embedding that the model's card names.
        """
        return self._recipe.cosine

    @property
    def sha256(self) -> str:
        """SHA-256 of the graph with its weights."""
        return self._network.sha256

    def score(self, question: str, passages: Sequence[str]) -> Scores:
        """The logit that each passage answers the question, float32 ``[len(passages)]``; 0 is even odds.

        Passages are best given as the index words them, with their short head (`vectors.texts_of`). Raises
        EnvironmentFault if the model cannot be loaded.
        """
        _, outputs = self._outputs(question, passages)
        return np.asarray([relevance[0] for relevance, _ in outputs], np.float32)

    def read(self, question: str, passages: Sequence[str]) -> list[Relevance]:
        """What each passage says to the question, and where. Raises as `score`."""
        encodings, outputs = self._outputs(question, passages)
        found = []
        for passage, encoding, (relevance, evidence) in zip(passages, encodings, outputs, strict=True):
            ours = [index for index, part in enumerate(encoding.sequence_ids) if part == 1]
            spans = tuple(Span(*encoding.offsets[index]) for index in ours)
            assert not spans or spans[-1].end <= len(passage)
            marks = tuple(_probability(float(evidence[0][index])) for index in ours)
            found.append(Relevance(_probability(float(relevance[0])), spans, marks))
        return found

    def _outputs(self, question: str, passages: Sequence[str]) -> tuple[list[Any], list[list[Any]]]:
        if not passages:
            return [], []
        asked = self._cut(question)
        encodings = self._network.encode_with(asked, passages)
        return encodings, self._network.run(encodings, types=True)

    def _cut(self, question: str) -> str:
        """The question, as far as its tokens leave half of the room to the passage."""
        offsets = self._network.encode([question])[0].offsets
        most = self.max_tokens // 2
        return question if len(offsets) <= most else question[: offsets[most - 2][1]]


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.float64(logit))))
