"""Prompts from the text files in ``resources/prompts``, their variables checked when they are loaded.

A template's own words are trusted; what is filled in is not, unless it is itself made of parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Final, TypeVar

from legalqa import shipped
from legalqa.answer.text_model import Part, Role
from legalqa.errors import BugError

T = TypeVar("T")
_VARIABLES: Final[dict[str, frozenset[str]]] = {
    "system": frozenset(),
    "passage": frozenset({"key", "text"}),
    "statement": frozenset({"passages", "question"}),
    "again": frozenset({"passages", "question", "answer", "faults"}),
    "prose": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the model is shown of a passage, under its number."""

    key: int
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What the model said before, and why it was not accepted; both may hold words of a document."""

    answer: str
    faults: str


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt text cut at its variables: ``(words before, variable)``, the variable None after the last words."""

    pieces: tuple[tuple[str, str | None], ...]

    @classmethod
    def parse(cls, name: str, text: str, variables: frozenset[str]) -> Template:
        """Cut a text at its ``{variables}``. Raises BugError unless they are exactly `variables`."""
        try:
            parsed = list(Formatter().parse(text))
        except ValueError as error:
            raise BugError(f"Prompt {name}: {error}.") from None
        if any(format_spec or conversion for _, _, format_spec, conversion in parsed):
            raise BugError(f"Prompt {name}: a variable is a name in braces and nothing more.")
        pieces = tuple((words, field) for words, field, _, _ in parsed)
        found = {field for _, field in pieces if field is not None}
        if found != variables:
            wrong = ", ".join(sorted(found ^ variables))
            raise BugError(f"Prompt {name}: missing or unknown variables: {wrong}.")
        return cls(pieces)

    def fill(self, role: Role = "user", **values: str | Sequence[Part]) -> tuple[Part, ...]:
        """The parts of the prompt with `values` in the variables' places: strings are untrusted."""
        parts: list[Part] = []
        for words, variable in self.pieces:
            if words:
                parts.append(Part(words, trusted=True, role=role))
            if variable is not None:
                value = values[variable]
                parts += [Part(value, trusted=False, role=role)] if isinstance(value, str) else value
        return tuple(parts)


@cache
def load(name: str) -> Template:
    """The template ``resources/prompts/<name>.txt``. Raises BugError if its variables are not the expected ones."""
    text = (shipped.folder("resources") / "prompts" / f"{name}.txt").read_text(encoding="utf-8")
    return Template.parse(name, text.removesuffix("\n"), _VARIABLES[name])


def edges_first(ranked: Sequence[T]) -> list[T]:
    """The best first, the second best last, and so on inwards: 1 3 5 6 4 2.

    Models use what stands at either end of a long prompt better than what stands in its middle (Liu et al., "Lost in
    the Middle", TACL 2024).
    """
    return [*ranked[::2], *reversed(ranked[1::2])]


def statement(
    question: str, passages: Sequence[Shown], failure: Failure | None = None, *, system: str = "system"
) -> tuple[Part, ...]:
    """The prompt for an answer: system, passages, question, then the failure of a first attempt, so that most of it
    stays evaluated.

    `passages` come in the order of their ranking, which their keys keep; the prompt has the best at its ends. `system`
    names the template of what is asked of the model.
    """
    shown: list[Part] = []
    for passage in edges_first(passages):
        shown += load("passage").fill(
            key=(Part(f"{passage.key:d}", trusted=True),),
            text=" ".join(passage.text.split()),
        )
    question = " ".join(question.split())
    if failure is None:
        asked = load("statement").fill(passages=shown, question=question)
    else:
        answer = " ".join(failure.answer.split())
        asked = load("again").fill(passages=shown, question=question, answer=answer, faults=failure.faults)
    return (*load(system).fill("system"), *asked)
