"""Texts → unit vectors, by an int8 sentence encoder on ONNX Runtime (the only module that imports it to run one).

Texts are run one by one, several at once, each on a single thread. int8 activations are scaled over everything in a
batch, so in a batch a text's vector would depend on its neighbours (up to 0.03 a component, measured): alone, the same
text always has the same vector. It is also faster than padded batches (107 against 86 texts a second on two cores).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from legalqa.errors import EnvironmentFault

Vectors = npt.NDArray[np.float32]
_SLOW = "SkipLayerNormFusion"  # the fused kernel takes nine times as long as the two that it replaces


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
        self._folder, self._threads = folder, max(threads, 1)
        try:
            self._recipe = msgspec.json.decode((folder / "recipe.json").read_bytes(), type=Recipe)
        except (OSError, msgspec.MsgspecError) as error:
            raise _unusable(folder) from error

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
        return self._loaded[1]

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Unit vectors of the texts, float32 ``[len(texts), size]``. `query` says that they are questions.

        Raises EnvironmentFault if the model cannot be loaded.
        """
        prefix = self._recipe.query_prefix if query else self._recipe.passage_prefix
        if not texts:
            return np.zeros((0, self.size), np.float32)
        encodings = self._tokenizer.encode_batch([_encodable(prefix + text) for text in texts])
        ids = [encoding.ids for encoding in encodings]
        vectors = [self._run(ids[0])] if len(ids) == 1 else list(self._pool.map(self._run, ids))
        return np.stack(vectors)

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text as the model sees them, framed and cut off at `max_tokens`; without a prefix."""
        return list(self._tokenizer.encode(text).tokens)

    def _run(self, ids: Sequence[int]) -> Vectors:
        row = np.asarray([ids], np.int64)
        vector: Vectors = self._loaded[0].run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})[0][0]
        return vector

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="encoder")

    @cached_property
    def _tokenizer(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its thread pool does not survive a fork
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises bare Exception
            raise _unusable(self._folder) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._recipe.max_tokens)
        tokenizer.encode_special_tokens = True  # a document's "[SEP]" is five characters, not a control token
        return tokenizer

    @cached_property
    def _loaded(self) -> tuple[Any, str]:
        """The session, and the hash of the very bytes that it was made from."""
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors only
        try:
            graph = (self._folder / "encoder.onnx").read_bytes()
            session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=[_SLOW]
            )
        except Exception as error:  # the runtime's exceptions share no base class
            raise _unusable(self._folder) from error
        return session, hashlib.sha256(graph).hexdigest()


def _encodable(text: str) -> str:
    """Broken PDFs yield lone surrogates, which the tokenizer refuses: "?" stands for them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _unusable(folder: Path) -> EnvironmentFault:
    return EnvironmentFault(
        f"The encoder {folder.name} cannot be loaded from {folder}.",
        hint=f"Run `legalqa models verify`, then `legalqa models pull {folder.name}`.",
    )
