"""What the model's child process serves: a decode loop of our own over llama.cpp's C API.

The loop is ours because the library's own calls turn the text of a document into control tokens, cannot be stopped
while a prompt is evaluated, and end the process on an invalid grammar (measured on llama-cpp-python 0.3.36).
`vocabulary` beside it knows the tokens; no other module imports llama_cpp.
"""

from __future__ import annotations

import codecs
import ctypes
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from legalqa.answer import backends, loading
from legalqa.answer.text_model import KEPT, RESTART, Generation, Part
from legalqa.answer.vocabulary import Vocabulary
from legalqa.child import Stop
from legalqa.errors import BugError, EnvironmentFault, NoMemory, UserError

_LIBC: Final = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
BLOCK: Final = 32  # tokens of a prompt evaluated at once
_SHORTLISTS: Final = (128, 4096)  # likeliest tokens that the grammar is asked about before it is asked about all
_SMALL: Final = 256 << 20  # bytes of a model that one thread decodes as fast as two, and faster on a busy machine
_UNALLOCATED: Final = -2  # llama_decode's answer when it found no memory
_ABORTED: Final = 2  # llama_decode's answer when the abort callback said so


@dataclass(frozen=True, slots=True)
class Piece:
    """What the child streams: a piece of text, and at the end, with no text, how it went."""

    text: str
    generation: Generation | None = None


class _Stopped(Exception):
    """The abort callback ended an evaluation."""


class Engine:
    """Served by the child: one model, one context, the tokens that its memory still holds."""

    def __init__(
        self, stop: Stop, file: str, threads: int, context: int, gpu_layers: int = 0, adapter: str = ""
    ) -> None:
        """Load the model. Raises EnvironmentFault if the file, or the adapter, is not one that this llama.cpp can run,
        NoMemory if there is too little of it.
        """
        os.environ.pop("OMP_THREAD_LIMIT", None)  # good for Tesseract; here it would halve the speed on two cores
        # Threads that wait must sleep: on a busy machine two that spin took 40 times as long as two that sleep.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from llama_cpp import llama_cpp as lib

        self._lib: Any = lib
        self._stop = stop
        loading.silence(lib)
        backends.load(lib)
        lib.llama_backend_init()
        self._model = loading.load(lib, Path(file), gpu_layers)
        self.context = min(context, lib.llama_model_n_ctx_train(self._model))
        small = lib.llama_model_size(self._model) < _SMALL
        self._ctx = lib.llama_init_from_model(self._model, self._parameters(1 if small else threads, threads))
        if not self._ctx:
            raise loading.no_memory()
        if adapter:
            loading.adapt(lib, self._model, self._ctx, Path(adapter))
        # The callback is asked at every node of the graph. In Python that took half of the time of decoding; strlen
        # of the stop's flag is C, and not 0 while Stop is set.
        self._abort = ctypes.cast(_LIBC.strlen, lib.ggml_abort_callback)
        lib.llama_set_abort_callback(self._ctx, self._abort, ctypes.addressof(stop.flag))
        self._memory = lib.llama_get_memory(self._ctx)
        self.vocabulary = Vocabulary(lib, self._model)
        self._live: list[int] = []
        self._constrained = 0.0  # seconds that the grammar took of the generation under way

    def ready(self) -> bool:
        """Load the model, if it is not; whether a graphics card could help."""
        return bool(self._lib.llama_supports_gpu_offload())

    def generate(self, untrusted_parts: Any, grammar: str | None, max_tokens: int) -> Iterator[Piece]:
        """Stream pieces of text, then one piece that says how it went. Errors as in `TextModel.generate`."""
        began = time.perf_counter()
        prompt = self.vocabulary.prompt(msgspec.convert(untrusted_parts, list[Part]))
        if len(prompt) + max_tokens > self.context:
            raise UserError(
                f"The question with its passages is too long: {len(prompt)} tokens and {max_tokens} for the answer,"
                f" where the model holds {self.context}.",
                hint="Shorten the question or choose a model with a larger context.",
            )
        self._constrained = 0.0
        constraint = self._constraint(grammar)
        text = codecs.getincrementaldecoder("utf-8")("replace")  # a character may be spread over several tokens
        went = Generation(prompt=len(prompt), reused=0, generated=0, first_ms=None, ms=0.0, end="stopped")
        try:
            reused = self._rewind(prompt)
            went = replace(went, reused=reused)
            self._evaluate(prompt[reused:])
            while went.generated < max_tokens:
                token = self._likeliest(constraint)
                if self._lib.llama_vocab_is_eog(self.vocabulary.handle, token):
                    went = replace(went, end="complete")
                    break
                self._accept(constraint, token)
                went = replace(went, generated=went.generated + 1)
                if said := text.decode(self.vocabulary.piece(token)):
                    if went.first_ms is None:
                        went = replace(went, first_ms=(time.perf_counter() - began) * 1000)
                    yield Piece(said)
                self._evaluate([token])
            else:
                went = replace(went, end="length")
        except _Stopped:
            pass
        finally:
            self._live = self._live[: len(prompt)]  # what was generated was not evaluated in blocks
            if constraint:
                self._lib.llama_sampler_free(constraint)
        if said := text.decode(b"", final=True):
            yield Piece(said)
        spent = self._constrained * 1000
        yield Piece("", replace(went, ms=(time.perf_counter() - began) * 1000, constraint_ms=spent))

    def close(self) -> None:
        """Free context and model."""
        self._lib.llama_free(self._ctx)
        self._lib.llama_model_free(self._model)

    def _parameters(self, decoding: int, threads: int) -> Any:
        parameters = self._lib.llama_context_default_params()
        parameters.n_ctx = self.context
        parameters.n_batch = parameters.n_ubatch = BLOCK
        parameters.n_threads, parameters.n_threads_batch = decoding, threads
        parameters.flash_attn_type = self._lib.LLAMA_FLASH_ATTN_TYPE_ENABLED
        parameters.no_perf = True
        return parameters

    def _constraint(self, grammar: str | None) -> Any:
        """A sampler that masks what the grammar does not admit, None without one."""
        if grammar is None:
            return None
        began = time.perf_counter()
        sampler = self._lib.llama_sampler_init_grammar(self.vocabulary.handle, grammar.encode(), b"root")
        if not sampler or not grammar.strip():  # the one would end the process, the other constrain nothing
            raise BugError("The grammar of an answer is not valid GBNF.")
        self._constrained += time.perf_counter() - began
        return sampler

    def _accept(self, constraint: Any, token: int) -> None:
        if constraint:
            began = time.perf_counter()
            self._lib.llama_sampler_accept(constraint, token)
            self._constrained += time.perf_counter() - began

    def _rewind(self, prompt: list[int]) -> int:
        """Keep of the memory what the prompt begins with, in whole blocks, and never all of it.

        Sums depend in their last bits on how many tokens are evaluated at once, and greedy text on those. A prompt is
        always cut into the same blocks, so its answer does not depend on what was asked before it.
        """
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self._live, prompt, strict=False)))
        keep = min(shared, len(prompt) - 1) // BLOCK * BLOCK
        if not self._lib.llama_memory_seq_rm(self._memory, 0, keep, -1):  # recurrent models cannot go back
            self._lib.llama_memory_clear(self._memory, True)
            keep = 0
        self._live = prompt[:keep]
        return keep

    def _evaluate(self, tokens: list[int]) -> None:
        """Append tokens to the memory. Raises _Stopped."""
        for start in range(0, len(tokens), BLOCK):
            batch = tokens[start : start + BLOCK]
            array = (ctypes.c_int32 * len(batch))(*batch)  # the batch points into it
            code = self._lib.llama_decode(self._ctx, self._lib.llama_batch_get_one(array, len(batch)))
            if code not in (0, _ABORTED):
                self._lib.llama_memory_clear(self._memory, True)
                self._live = []
                if code == _UNALLOCATED:
                    raise NoMemory("The memory is used up.", kept=KEPT, hint=RESTART)
                raise EnvironmentFault(f"The language model cannot go on (code {code}).", hint=RESTART)
            held = self._lib.llama_memory_seq_pos_max(self._memory, 0) + 1
            self._live = (self._live + batch)[:held]
            if code == _ABORTED or self._stop.is_set():
                raise _Stopped

    def _likeliest(self, constraint: Any) -> int:
        """The likeliest token that the constraint admits, after the last one evaluated.

        Asking the grammar about one token costs microseconds, about a whole vocabulary milliseconds: so first the
        likeliest alone, then longer and longer shortlists, then all. The answer is the same.
        """
        pointer = self._lib.llama_get_logits_ith(self._ctx, -1)
        logits = np.ctypeslib.as_array(pointer, shape=(self.vocabulary.size,))
        best = int(logits.argmax())
        if constraint is None:
            return best
        began = time.perf_counter()
        for candidates in self._widening(best, logits):
            masked = self._masked(constraint, candidates, logits)
            winner = int(masked.argmax())
            if masked[winner] > -np.inf:
                self._constrained += time.perf_counter() - began
                return int(candidates[winner])
        raise BugError("The grammar of an answer leads into a dead end.")

    def _widening(self, best: int, logits: NDArray[np.float32]) -> Iterator[NDArray[np.int32]]:
        yield np.array([best], np.int32)
        for length in _SHORTLISTS:
            if length < len(logits):
                yield np.argpartition(logits, -length)[-length:].astype(np.int32)
        yield np.arange(len(logits), dtype=np.int32)

    def _masked(
        self, constraint: Any, candidates: NDArray[np.int32], logits: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The candidates' logits, -inf for those that the grammar does not admit now."""
        data = np.zeros(len(candidates), dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        data["id"], data["logit"] = candidates, logits[candidates]
        array = self._lib.llama_token_data_array(
            data=data.ctypes.data_as(self._lib.llama_token_data_p), size=len(data), selected=-1, sorted=False
        )
        self._lib.llama_sampler_apply(constraint, ctypes.byref(array))
        masked: NDArray[np.float32] = data["logit"]
        return masked
