"""Texts → unit vectors, by an int8 sentence encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from legalqa.index.network import Network, read_recipe

Vectors = npt.NDArray[np.float32]


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model wants its texts: prefixes, and where they are cut off. Pooling is part of the graph."""

    size: int
    max_tokens: int
    query_prefix: str = ""
    passage_prefix: str = ""


class Encoder:
    """A converted encoder: a folder with ``encoder.onnx``, ``tokenizer.json`` and ``recipe.json``.

    `size` is the number of dimensions, `sha256` that of ``encoder.onnx`` as loaded. Nothing is loaded before the first
    use. Safe to use from several threads.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._recipe = read_recipe(folder, Recipe)
        self._network = Network(folder, "encoder.onnx", self._recipe.max_tokens, threads)

    @property
    def size(self) -> int:
        """Dimensions of a vector."""
        return self._recipe.size

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that are read, including the two that frame it; what comes after is cut off."""
        return self._recipe.max_tokens

    @property
    def sha256(self) -> str:
        """SHA-256 of the graph with its weights: two vectors compare only if it is the same."""
        return self._network.sha256

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Unit vectors of the texts, float32 ``[len(texts), size]``. `query` says that they are questions.

        Raises EnvironmentFault if the model cannot be loaded.
        """
        prefix = self._recipe.query_prefix if query else self._recipe.passage_prefix
        if not texts:
            return np.zeros((0, self.size), np.float32)
        outputs = self._network.run(self._network.encode([prefix + text for text in texts]))
        return np.stack([output[0][0] for output in outputs])

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text as the model sees them, framed and cut off at `max_tokens`; without a prefix."""
        return list(self._network.encode([text])[0].tokens)
