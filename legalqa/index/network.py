"""Small transformer networks in int8 on ONNX Runtime (the only module that imports it to run one).

Inputs are run one by one, several at once, each on a single thread. int8 activations are scaled over everything in a
batch, so in a batch the result of a text would depend on its neighbours (up to 0.03 a component of a vector, measured):
alone, the same text always has the same result. It is also faster than padded batches (107 against 86 texts a second
on two cores).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from legalqa import offline
from legalqa.errors import EnvironmentFault

Recipe = TypeVar("Recipe", bound=msgspec.Struct)
_SLOW = "SkipLayerNormFusion"  # the fused kernel takes nine times as long as the two that it replaces


class Network:
    """A folder with a graph and its ``tokenizer.json``. Nothing is loaded before the first use; safe to use from
    several threads.

    `max_tokens` of a text, or of a pair of texts, are read, including those that frame it.
    """

    def __init__(self, folder: Path, graph: str, max_tokens: int, threads: int = 1) -> None:
        self._folder, self._graph, self._threads = folder, graph, max(threads, 1)
        self.max_tokens = max_tokens

    @property
    def sha256(self) -> str:
        """SHA-256 of the graph with its weights."""
        return self._loaded[1]

    def encode(self, texts: Sequence[str]) -> list[Any]:
        """The tokenizer's encodings of texts."""
        return list(self._tokenizer.encode_batch([encodable(text) for text in texts]))

    def encode_with(self, first: str, texts: Sequence[str]) -> list[Any]:
        """The tokenizer's encodings of pairs of `first` and each text, of which only the text is cut off."""
        return list(self._pair_tokenizer.encode_batch([(encodable(first), encodable(text)) for text in texts]))

    def run(self, encodings: Sequence[Any], *, types: bool = False) -> list[list[Any]]:
        """The outputs for each encoding, as for a batch of one; `types` says that the graph takes token types.

        Raises EnvironmentFault if the network cannot be loaded.
        """
        inputs = [_inputs(one, types) for one in encodings]
        if len(inputs) == 1:
            return [self._run(inputs[0])]
        # the longest first, so that no thread is left with a long one at the end
        order = sorted(range(len(inputs)), key=lambda index: -inputs[index]["input_ids"].size)
        found = dict(zip(order, self._pool.map(self._run, [inputs[index] for index in order]), strict=True))
        return [found[index] for index in range(len(inputs))]

    def _run(self, inputs: dict[str, Any]) -> list[Any]:
        return list(self._loaded[0].run(None, inputs))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="network")

    @cached_property
    def _tokenizer(self) -> Any:
        return self._tokenizer_cutting("longest_first")

    @cached_property
    def _pair_tokenizer(self) -> Any:
        return self._tokenizer_cutting("only_second")

    def _tokenizer_cutting(self, strategy: str) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its thread pool does not survive a fork
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises bare Exception
            raise unusable(self._folder) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.max_tokens, strategy=strategy)
        tokenizer.encode_special_tokens = True  # a document's "[SEP]" is five characters, not a control token
        return tokenizer

    @cached_property
    def _loaded(self) -> tuple[Any, str]:
        """The session, and the hash of the very bytes that it was made from."""
        offline.silence()
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors only
        try:
            graph = (self._folder / self._graph).read_bytes()
            session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=[_SLOW]
            )
        except Exception as error:  # the runtime's exceptions share no base class
            raise unusable(self._folder) from error
        return session, hashlib.sha256(graph).hexdigest()


def read_recipe(folder: Path, type: type[Recipe]) -> Recipe:
    """The ``recipe.json`` of a model's folder. Raises EnvironmentFault if it cannot be read."""
    try:
        return msgspec.json.decode((folder / "recipe.json").read_bytes(), type=type)
    except (OSError, msgspec.MsgspecError) as error:
        raise unusable(folder) from error


def encodable(text: str) -> str:
    """Broken PDFs yield lone surrogates, which the tokenizer refuses: "?" stands for them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def unusable(folder: Path) -> EnvironmentFault:
    """What is said of a model that does not load."""
    return EnvironmentFault(
        f"The model {folder.name} cannot be loaded from {folder}.",
        hint=f"Run `legalqa models verify`, then `legalqa models pull {folder.name}`.",
    )


def _inputs(encoding: Any, types: bool) -> dict[str, Any]:
    row = np.asarray([encoding.ids], np.int64)
    inputs = {"input_ids": row, "attention_mask": np.ones_like(row)}
    return inputs | {"token_type_ids": np.asarray([encoding.type_ids], np.int64)} if types else inputs
