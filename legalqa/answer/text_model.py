"""What the answer engine asks of a language model, whichever engine runs it, and the model of the tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from legalqa.values.answer import ModelId

KEPT: Final = "Only this answer is lost; the matter and its index are as they were."
RESTART: Final = "Ask again: the model starts afresh by itself."
Role = Literal["system", "user"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a prompt. `trusted` only for text that we wrote; what came from a document or a user never is.

    Neighbouring parts of one role are one message of the chat. In untrusted text the spelling of a control token
    (``<|im_end|>``) is ordinary text to the model.
    """

    text: str
    trusted: bool
    role: Role = "user"


@dataclass(frozen=True, slots=True)
class Generation:
    """How one generation went: counts in tokens, times in milliseconds since it was asked for.

    `reused` are the tokens of the prompt that were still evaluated from the last one. `first_ms` is None when no
    text came. `constraint_ms` is what of `ms` the grammar took, to be built and asked.
    """

    prompt: int
    reused: int
    generated: int
    first_ms: float | None
    ms: float
    end: Literal["complete", "length", "stopped"]
    constraint_ms: float = 0.0


class TextModel(Protocol):
    """A language model that words text under a grammar."""

    @property
    def id(self) -> ModelId:
        """What wrote the text."""

    @property
    def last(self) -> Generation | None:
        """How the last generation went, None before the first has ended."""

    def generate(
        self, parts: Sequence[Part], *, grammar: str | None, max_tokens: int, stop: threading.Event
    ) -> Iterator[str]:
        """Yield pieces of text as they are made, greedily, all of it admitted by `grammar` (GBNF, rule ``root``).

        Setting `stop` ends it within 200 ms; `max_tokens` ends it too, be it in the middle of a sentence, and 0 only
        evaluates the prompt. Raises UserError when prompt and `max_tokens` do not fit the model's context, BugError
        for an invalid grammar, EnvironmentFault when the model is missing, cannot be loaded, or ended in the middle:
        then the next call starts it again.
        """

    def close(self) -> None:
        """Let go of the model. The next call loads it again."""


class RecordedModel:
    """A model that says what was recorded for a prompt: the first recorded key that occurs in it decides.

    Every word is a token. What it was asked is kept in `asked`; the grammar is not applied, so that tests can show
    what becomes of text that breaks it.
    """

    def __init__(self, answers: Mapping[str, str], id: ModelId | None = None) -> None:
        self._answers = dict(answers)
        self._id = id or ModelId("recorded", "0" * 64)
        self._last: Generation | None = None
        self.asked: list[tuple[tuple[Part, ...], str | None]] = []

    @property
    def id(self) -> ModelId:
        return self._id

    @property
    def last(self) -> Generation | None:
        return self._last

    def generate(
        self, parts: Sequence[Part], *, grammar: str | None, max_tokens: int, stop: threading.Event
    ) -> Iterator[str]:
        self.asked.append((tuple(parts), grammar))
        prompt = "".join(part.text for part in parts)
        said = next((text for key, text in self._answers.items() if key in prompt), "")
        words = said.split(" ")
        generated = 0
        end: Literal["complete", "length", "stopped"] = "complete"
        for word in words:
            if stop.is_set() or generated == max_tokens:
                end = "stopped" if stop.is_set() else "length"
                break
            yield word if generated == 0 else f" {word}"
            generated += 1
        self._last = Generation(
            prompt=len(prompt.split()),
            reused=0,
            generated=generated,
            first_ms=0.0 if generated else None,
            ms=0.0,
            end=end,
        )

    def close(self) -> None:
        """Nothing is held."""
