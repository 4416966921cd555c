"""Which sentences of the passages answer a question, with the trained reader's help, and whether any of them does.

The reader (`models/reader`) is a cross-encoder: it reads the question with windows of whole units and tells how likely
each window answers, and with which of its words. From that, and from what is cheap to know of a unit, comes one score
for each; a softmax over the units and *nothing*, whose score is 0 (Clark and Gardner 2018), makes them chances that add
up: those of all units together are the chance that the record answers, and a second sentence is quoted if its chance
comes near that of the best. The weights were fitted by `bench/fit_reader.py` on the development part of CUAD and
ContractNLI. Where no reader is installed, `evidence.choose` does it alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from legalqa.answer import evidence
from legalqa.answer.evidence import Candidate, Choice, Embed, Floats
from legalqa.answer.units import unnumbered
from legalqa.values.answer import Passage
from legalqa.values.document import Span
from legalqa.values.relevance import Relevance

Read = Callable[[str, Sequence[str]], list[Relevance]]

_WINDOW: Final = 750  # characters read together; about the tokens that the reader sees
_HEAD_WORDS: Final = 6  # of a heading, as the index words it
# What is known of a unit: the cosine of the question and the unit under its heading; the share of the question's words
# that it and its headings hold; whether it holds the kind of thing that is asked for; the reader's log-odds of its
# window; the mean chance of its words to be the answer; the logarithm of its passage's place.
SIGNS: Final = ("cosine", "coverage", "kind", "odds", "marked", "place")
WEIGHTS: Final = (11.29, 1.15, 0.37, 0.72, 0.49, -0.66)
BIAS: Final = -6.66
ENOUGH: Final = 0.5  # chance from which on the record is said to answer
_WORDED: Final = 0.4  # the same where the best unit holds every word of the question: "Was the motion granted?"
_EVERY: Final = 0.999  # coverage of every word
_NEAR: Final = 1.0  # a unit is quoted beside the best one if its score is not lower by more
_MOST: Final = 2  # units quoted


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring units of one passage, read together. `first` is the index of the first; `units` are their places in
    `text`, which begins with the innermost headings.
    """

    text: str
    first: int
    units: tuple[Span, ...]


def choose(
    question: str, passages: Sequence[Passage], embed: Embed, read: Read, embed_question: Embed | None = None
) -> Choice:
    """The sentences that come nearest to an answer, at most two, and whether they are one; see `evidence.choose`."""
    found = list(evidence.candidates(passages))
    if not found:
        return Choice((), 0.0, False)
    known = signs(question, found, embed, embed_question or embed, read)
    scores = known @ np.array(WEIGHTS) + BIAS
    order = np.argsort(-scores, kind="stable")
    near = [index for index in order[:_MOST] if scores[index] >= scores[order[0]] - _NEAR]
    chosen = tuple(evidence.evidence_of(found[index], float(scores[index])) for index in near)
    chance = probability(scores)
    wanted = _WORDED if known[order[0], SIGNS.index("coverage")] > _EVERY else ENOUGH
    return Choice(chosen, chance, chance >= wanted and evidence.is_told(question, chosen[0].reading, passages))


def probability(scores: Floats) -> float:
    """The chance that one of the units answers, by their scores; 0 for none."""
    odds = float(np.logaddexp.reduce(scores)) if len(scores) else -math.inf
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0


def signs(question: str, found: Sequence[Candidate], embed: Embed, embed_question: Embed, read: Read) -> Floats:
    """A row of SIGNS for each candidate."""
    texts = [candidate.context + candidate.unit.reading for candidate in found]
    headed = [f"{' '.join(candidate.passage.section)} {text}" for candidate, text in zip(found, texts, strict=True)]
    odds, marked = _reading(question, found, read)
    columns = [
        embed(texts) @ embed_question([question])[0],
        evidence.coverage(question, headed),
        [evidence.kind(question, candidate.unit.reading) for candidate in found],
        odds,
        marked,
        [math.log(candidate.passage.key) for candidate in found],
    ]
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def _reading(question: str, found: Sequence[Candidate], read: Read) -> tuple[Floats, Floats]:
    """Of each candidate, the log-odds that its window answers, and the mean chance that its words are the answer."""
    seen = list(windows(found))
    odds, marked = np.zeros(len(found)), np.zeros(len(found))
    for window, relevance in zip(seen, read(question, [window.text for window in seen]), strict=True):
        certain = min(max(relevance.probability, 1e-6), 1 - 1e-6)
        for index, place in enumerate(window.units, window.first):
            odds[index] = math.log(certain / (1 - certain))
            marked[index] = _marked(relevance, place)
    return odds, marked


def _marked(relevance: Relevance, place: Span) -> float:
    """The mean chance of the tokens at a place; 0 for what was not read."""
    chances = [
        chance
        for token, chance in zip(relevance.tokens, relevance.evidence, strict=True)
        if token.start < place.end and place.start < token.end
    ]
    return sum(chances) / len(chances) if chances else 0.0


def windows(found: Sequence[Candidate]) -> Iterator[Window]:
    """The candidates, in their order, as they are read together; each in one window."""
    first = 0
    for end in range(1, len(found) + 1):
        if end == len(found) or not _together(found[first:end], found[end]):
            yield _window(found[first:end], first)
            first = end


def _together(group: Sequence[Candidate], candidate: Candidate) -> bool:
    length = sum(len(one.unit.reading) for one in group) + len(candidate.unit.reading)
    return candidate.passage is group[0].passage and length <= _WINDOW


def _window(group: Sequence[Candidate], first: int) -> Window:
    """Headings in few words, as the index words them, and what the units say; rows of a table under its header."""
    inner = (" ".join(unnumbered(part).split()[:_HEAD_WORDS]) for part in group[0].passage.section[-2:])
    text = " — ".join(part for part in inner if part)
    text += "\n" if text else ""
    places, header = [], ""
    for unit in (one.unit for one in group):
        if unit.header:
            text += ("" if unit.header == header else f"Header: {unit.header}\n") + "Row: "
        header = unit.header
        places.append(Span(len(text), len(text) + len(unit.reading)))
        text += f"{unit.reading} "
    return Window(text.rstrip(), first, tuple(places))
