"""Which sentences of the passages answer a question, with the trained reader's help, and whether any of them does.

The reader is the cross-encoder that also reranks (`models/reranker`): it reads question and text together, in windows
of whole units. Its log-odds are added to the score of each unit of a window, and are one of four signals of whether the
record answers at all. All weights were fitted on 233 questions of CUAD's development part, half of them without an
answer, with what `bench/reader.py` measures: there the best unit is a gold one for 0.67 of the questions, 0.55 without
the reader. Where no reader is installed, `evidence.choose` does it alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from legalqa.answer import evidence
from legalqa.answer.evidence import FEATURES, Candidate, Choice, Embed, Floats
from legalqa.values.answer import Passage
from legalqa.values.relevance import Relevance

Read = Callable[[str, Sequence[str]], list[Relevance]]

_WINDOW: Final = 700  # characters read together; about the tokens that the reader sees
_WEIGHT: Final = 0.12  # of the window's log-odds beside the other signs of a unit
SIGNALS: Final = ("cosine", "coverage", "kind")  # of the best unit; the fourth is its window's log-odds
_SIGNALS: Final = (6.3, 1.94, 0.26, 0.71)
_BIAS: Final = -1.67
_ENOUGH: Final = 0.55  # probability from which on the record is said to answer


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring units of one passage, read together. `first` is the index of the first, `count` their number."""

    text: str
    first: int
    count: int


def choose(
    question: str, passages: Sequence[Passage], embed: Embed, read: Read, embed_question: Embed | None = None
) -> Choice:
    """The sentences that come nearest to an answer, at most three, and whether they are one; see `evidence.choose`."""
    found = list(evidence.candidates(passages))
    if not found:
        return Choice((), 0.0, False)
    known = evidence.features(question, found, embed, embed_question or embed)
    odds = _log_odds(question, found, read)
    scores = known @ np.array(evidence.SCORE) + _WEIGHT * odds
    order = np.argsort(-scores, kind="stable")
    best = int(order[0])
    signals = [*(known[best, FEATURES.index(name)] for name in SIGNALS), odds[best]]
    probability = 1 / (1 + math.exp(-(float(np.dot(signals, _SIGNALS)) + _BIAS)))
    ranked = [evidence.evidence_of(found[index], float(scores[index])) for index in order]
    return evidence.chosen(question, passages, ranked, probability, _ENOUGH)


def _log_odds(question: str, found: Sequence[Candidate], read: Read) -> Floats:
    """Of each candidate, the log-odds that the window it stands in answers."""
    seen = list(windows(found))
    odds = np.zeros(len(found))
    for window, relevance in zip(seen, read(question, [window.text for window in seen]), strict=True):
        certain = min(max(relevance.probability, 1e-6), 1 - 1e-6)
        odds[window.first : window.first + window.count] = math.log(certain / (1 - certain))
    return odds


def windows(found: Sequence[Candidate]) -> Iterator[Window]:
    """The candidates, in their order, as they are read together; each in one window."""
    first = 0
    for end in range(1, len(found) + 1):
        if end == len(found) or not _together(found[first:end], found[end]):
            yield Window(_text(found[first:end]), first, end - first)
            first = end


def _together(group: Sequence[Candidate], candidate: Candidate) -> bool:
    first = group[0]
    length = sum(len(one.unit.reading) for one in group) + len(candidate.unit.reading)
    return candidate.passage is first.passage and candidate.unit.heading == first.unit.heading and length <= _WINDOW


def _text(group: Sequence[Candidate]) -> str:
    """A head, as the index words it, and what the units say."""
    unit = group[0].unit
    head = f"{' '.join(unit.heading.split())}\n" if unit.heading.strip() else ""
    lead = f"{' '.join(unit.lead.split())} " if unit.lead else ""
    return head + lead + " ".join(one.unit.reading for one in group)
