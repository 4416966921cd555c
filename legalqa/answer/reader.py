"""Which sentences of the passages answer a question, as the trained reader sees it, and whether any of them does.

The reader is the cross-encoder that also reranks (`models/reranker`): it reads question and text together, gives a
calibrated probability that the text answers, and marks the words that do. It reads windows of whole units, so that what
it marks can be quoted as it stands. `bench/reader.py` measures it against `evidence.choose`, which takes over where no
reader is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from legalqa.answer import evidence
from legalqa.answer.evidence import Candidate, Choice
from legalqa.values.answer import Passage
from legalqa.values.relevance import Relevance

Read = Callable[[str, Sequence[str]], list[Relevance]]

ENOUGH: Final = 0.5  # probability from which on the record is said to answer
_WINDOW: Final = 700  # characters read together; about the tokens that the reader sees
_NEAR: Final = 0.6  # of the best unit's score that another must have to be quoted too
_MOST: Final = 3  # units quoted


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring units of one passage as they are read: ``text[start:end]`` is the reading of each."""

    text: str
    units: tuple[tuple[Candidate, int, int], ...]


def choose(question: str, passages: Sequence[Passage], read: Read) -> Choice:
    """The sentences that answer, best first and at most three, and whether they are an answer at all.

    A unit's score is the probability that its window answers, times the mean probability that its words are of the
    answer. The same passages in another order give the same choice, but for equal scores.
    """
    seen = list(windows(passages))
    if not seen:
        return Choice((), 0.0, False)
    scored: list[tuple[float, float, Candidate]] = []
    for window, found in zip(seen, read(question, [window.text for window in seen]), strict=True):
        scored += [
            (found.probability * _marked(found, start, end), found.probability, candidate)
            for candidate, start, end in window.units
        ]
    scored.sort(key=lambda one: -one[0])
    best, probability, _ = scored[0]
    near = [evidence.evidence_of(candidate, score) for score, _, candidate in scored if score >= best * _NEAR]
    told = evidence.is_told(question, near[0].reading, passages)
    return Choice(tuple(near[:_MOST]), probability, told and probability >= ENOUGH)


def windows(passages: Sequence[Passage]) -> Iterator[Window]:
    """The units of the passages, in their order, as they are read together; no unit in two windows."""
    group: list[Candidate] = []
    for candidate in evidence.candidates(passages):
        if group and not _fits(group, candidate):
            yield _window(group)
            group = []
        group.append(candidate)
    if group:
        yield _window(group)


def _fits(group: Sequence[Candidate], candidate: Candidate) -> bool:
    first = group[0]
    length = sum(len(one.unit.reading) for one in group) + len(candidate.unit.reading)
    return candidate.passage is first.passage and candidate.unit.heading == first.unit.heading and length <= _WINDOW


def _window(group: Sequence[Candidate]) -> Window:
    """The head, as the index words it, and the units' readings, parted by spaces."""
    first = group[0]
    text = f"{' '.join(first.unit.heading.split())}\n" if first.unit.heading.strip() else ""
    text += f"{' '.join(first.unit.lead.split())} " if first.unit.lead else ""
    placed = []
    for candidate in group:
        placed.append((candidate, len(text), len(text) + len(candidate.unit.reading)))
        text += candidate.unit.reading + " "
    return Window(text.rstrip(), tuple(placed))


def _marked(found: Relevance, start: int, end: int) -> float:
    """Mean probability of the words in ``[start, end)``; 0 for what was cut off."""
    marks = [mark for token, mark in zip(found.tokens, found.evidence, strict=True) if start <= token.start < end]
    return sum(marks) / len(marks) if marks else 0.0
