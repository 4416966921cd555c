"""The language model: llama.cpp in a child process (`decoding`), started, stopped and started again smaller."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from legalqa.answer import loading
from legalqa.answer.decoding import Piece
from legalqa.answer.text_model import KEPT, RESTART, Generation, Part
from legalqa.child import Child, ChildDied, ChildTimeout
from legalqa.errors import EnvironmentFault, NoMemory
from legalqa.values.answer import ModelId

IDLE_SECONDS: Final = 600.0  # a model that says nothing for so long hangs
_DEATHS: Final = 2  # in a row, after which a model is started with a smaller setting


class LocalModel:
    """A GGUF file on this machine, behind a child process that is started by the first call and after a death.

    `context` is the longest prompt and answer together, in tokens (no more than the model was trained for is used).
    `gpu_layers` are computed by the graphics card, `loading.AUTO`: as many as it has memory for. `adapter` is a LoRA
    adapter laid over the model. `memory` limits the child's address space, in bytes. Where memory is short, smaller
    settings are tried, and `reduced` says so. Calls from several threads wait for one another.
    """

    def __init__(
        self,
        model_id: ModelId,
        file: Path,
        threads: int,
        context: int,
        *,
        gpu_layers: int = loading.AUTO,
        adapter: Path | None = None,
        memory: int | None = None,
    ) -> None:
        self._id, self._file, self._threads, self._adapter, self._memory = model_id, file, threads, adapter, memory
        self._steps = loading.steps(context, gpu_layers)
        self._step, self._deaths, self._card = 0, 0, False
        self._child = self._at_step()
        self._lock = threading.Lock()
        self._last: Generation | None = None

    def _at_step(self) -> Child:
        setting = self._steps[self._step]
        options = (str(self._file), self._threads, setting.context, setting.gpu_layers, str(self._adapter or ""))
        return Child("legalqa.answer.decoding:Engine", *options, memory=self._memory)

    @property
    def reduced(self) -> str:
        """What is to be said of a setting that is smaller than was wanted, for want of memory; "" if none is."""
        return loading.told(self._steps[0], self._steps[self._step], self._card)

    @property
    def id(self) -> ModelId:
        """Catalogue id and checksum of the file."""
        return self._id

    @property
    def last(self) -> Generation | None:
        """How the last generation went."""
        return self._last

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid

    def generate(
        self, parts: Sequence[Part], *, grammar: str | None, max_tokens: int, stop: threading.Event
    ) -> Iterator[str]:
        """As `TextModel.generate`."""
        if not self._file.is_file():
            raise EnvironmentFault(
                f"The language model {self._id.id} is not installed.",
                hint="Run `legalqa doctor` to see what is missing and how to get it.",
            )
        if stop.is_set():
            self._last = Generation(prompt=0, reused=0, generated=0, first_ms=None, ms=0.0, end="stopped")
            return
        with self._lock:
            done = threading.Event()
            watcher = threading.Thread(target=self._watch, args=(stop, done), daemon=True)
            watcher.start()
            try:
                self._load()
                arguments = (msgspec.to_builtins(list(parts)), grammar, max_tokens)
                for piece in self._child.stream("generate", *arguments, type=Piece, idle=IDLE_SECONDS):
                    if piece.generation is not None:
                        self._last = piece.generation
                    else:
                        yield piece.text
                self._deaths = 0
            except NoMemory:
                self._smaller()
                raise
            except (ChildDied, ChildTimeout) as death:
                self._deaths += 1
                if self._deaths == _DEATHS:  # as if the system had killed it for want of memory
                    self._smaller()
                raise EnvironmentFault(
                    f"The language model ended in the middle of an answer ({death}).",
                    kept=KEPT,
                    hint=RESTART,
                ) from None
            finally:
                done.set()
                watcher.join()

    def _load(self) -> None:
        """Start the child if it does not run, with the first setting from the present one on that memory suffices for.

        Raises NoMemory if there is none, EnvironmentFault if the file cannot be loaded.
        """
        if self._child.pid is not None:
            return
        for step in range(self._step, len(self._steps)):
            self._step, self._child = step, self._at_step()
            try:
                self._card = self._child.call("ready", type=bool, timeout=IDLE_SECONDS)
                return
            except NoMemory:
                self._child.kill()
                fault: EnvironmentFault = loading.no_memory()
            except ChildDied as death:
                fault = loading.died(death.reason)
        raise fault

    def _smaller(self) -> None:
        """The next call starts with the next smaller setting, if there is one."""
        self._child.kill()
        self._deaths, self._step = 0, min(self._step + 1, len(self._steps) - 1)

    def close(self) -> None:
        """End the child process. The next call starts it again."""
        self._child.close()

    def _watch(self, stop: threading.Event, done: threading.Event) -> None:
        """Pass Stop on to the child, again and again: the call may not have reached it the first time."""
        while not done.is_set():
            if stop.wait(0.05):
                self._child.stop()
                done.wait(0.02)
