"""Which sentences of the passages answer a question, and whether any of them does.

The model does not choose: a weak one chooses wrongly (9 of 20 right, against 20 of 20 for the encoder, measured with
the starter models). A unit of the text is scored by a linear model over what is cheap to know of it: how near the
encoder finds it, alone and under its heading, and which of the question's words it shares. A
second model over signals of the whole says whether the best unit answers at all. `bench/fit_evidence.py` measures
both: on 20 unseen contracts the best unit is a gold one for 0.42 of the questions (cosine alone 0.34), and the second
model tells answered questions from others with an AUROC of 0.80 (cosine alone 0.75). It was fitted there; the weights
of a unit were chosen by hand with an eye on the sample matter, where the fitted ones do worse. Two rules refuse beside
it: the best unit holds no amount, date or name where one is asked for; the question names a year or number that
stands nowhere in the passages.

What this does not see is that a record which speaks of the very thing leaves out the detail that is asked for: on the
sample matter's unanswerable questions the AUROC is 0.53. That takes a model that reads.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from legalqa.answer.units import MAX_SENTENCE, Unit, units
from legalqa.values.answer import Passage
from legalqa.values.reading import Reading

__all__ = ["FUNCTION_WORDS", "MAX_SENTENCE", "Choice", "Embed", "Evidence", "choose", "rank", "sentences", "stems"]

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Floats = NDArray[np.float64]

_STEM: Final = 6  # letters that stand for a word: terminate, termination, terminated
_WORD: Final = re.compile(r"[^\W\d_]+|\d[\d.,]*")
# Words that say nothing of what a question is about, those of asking for a clause among them.
_WORDS: Final = (
    "a an and any are as at be been being by can could did do does for from had has have how if in into is it its may"
    " must of on or shall should so such than that the their them then there these they this those to under upon was"
    " were what when where whether which who whom whose why will with would about after before between during each"
    " agreement contract document clause provision section include includes included specify specified state stated"
    " say says said happen happens according"
)
FUNCTION_WORDS: Final = tuple(_WORDS.split())
_FUNCTION: Final = frozenset(FUNCTION_WORDS)
_ASKS_WHETHER: Final = re.compile(
    r"\s*(?:is|are|was|were|does|do|did|has|have|can|could|may|must|shall|will|would)\b", re.IGNORECASE
)
_ASKS_DATE: Final = re.compile(
    r"\b(?:when|(?:what|which) (?:day|date|year|month)|deadline|date of|dated)\b", re.IGNORECASE
)
_ASKS_MONEY: Final = re.compile(
    r"\b(?:how much|price|cost|commission|revenue|amount|sum|balance|total)\b", re.IGNORECASE
)
_ASKS_NUMBER: Final = re.compile(
    r"\b(?:how (?:many|long|often|old|far|soon|fast|large|big)|number of|percentage|rate|period|duration|minimum"
    r"|maximum|cap|limit)\b",
    re.IGNORECASE,
)
_ASKS_NAME: Final = re.compile(r"\b(?:who|whom|whose|which (?:party|court|company|person|case))\b", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b(?:19|20)\d\d\b|\b(?:day|week|month|year|anniversary)s?\b"
)
_NUMERAL: Final = (
    "two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety"
    "|hundred|thousand|million|percent"
)
_MONEY: Final = re.compile(rf"[$€£%]|\b\d[\d,]*\.\d\d\b|\b\d|\b(?:{_NUMERAL})\b", re.IGNORECASE)
_QUANTITY: Final = re.compile(rf"\d|\b(?:one|{_NUMERAL})\b", re.IGNORECASE)
_PERSON: Final = re.compile(r"\b(?:Mr|Ms|Mrs|Dr|Messrs)\.|\w [A-Z][\w.’'-]*,? [A-Z]|\bv\. ")
_KINDS: Final = (
    (_ASKS_DATE, _DATE), (_ASKS_MONEY, _MONEY), (_ASKS_NUMBER, _QUANTITY), (_ASKS_NAME, _PERSON)
)  # fmt: skip
# Numbers that only name a place or a thing, and so answer nothing: "Section 12.1(b)", "Freezer Room 2", "15. The".
_NAMING: Final = re.compile(
    r"(?:(?:Section|Article|Exhibit|Count|Paragraph|Room|Building|Compressor|Unit|Page|No\.|Rule)s?|§)\s*[\d.()a-z]+"
    r"|^\(?\d+[.)]"
)
_IDENTIFIER: Final = re.compile(r"\b[A-Z]*[-_ ]?\d{4,}\b")  # a year, an invoice, a production number
# "By: ____", "Name (please print)": what a signature page is made of.
_BLANK: Final = re.compile(
    r"[\W_]*(?:(?:by|its|name|title|date[d]?|signature|signed|address|witness|attest|initials?|authori[sz]ed\s+signat\w+"
    r"|print(?:ed)?\s+name|type\s+or\s+print)(?![^\W_])[\W_]*(?:\((?:please\s+)?(?:print|type)[^)]{0,20}\)|of\s+signat\w+)?[\W_]*)+",
    re.IGNORECASE,
)

# What is known of a unit, and what it weighs, beside the cosine under its heading.
FEATURES: Final = (
    "cosine", "alone", "coverage", "own_coverage", "pairs", "passage", "rank", "kind", "length", "exchange",
    "row",
)  # fmt: skip
SCORE: Final = (1.0, 0.4, 0.3, 0.1, 0.1, 0.2, -0.02, 0.12, 0.0, 0.0, 0.0)
_NEAR: Final = 0.07  # a unit within this of the best one is quoted too
_MOST: Final = 3  # units quoted
SIGNALS: Final = ("cosine", "top_cosine", "coverage", "passage_coverage", "margin", "kind")
_WEIGHTS: Final = (1.93, 2.27, 1.47, 1.68, 0.59, 0.4)
_BIAS: Final = -3.25
ENOUGH: Final = 0.45  # probability from which on the record is said to answer


@dataclass(frozen=True, slots=True)
class Evidence:
    """A unit of a passage. ``text == document.text[start:end]``; `score` compares within one question only.

    `reading` is the text on one line, without page furniture and line numbers inside it: for the encoder and the
    model, never to be quoted. `words` are what is quoted: the text without the furniture that ingestion has told.
    `header` is the header row of the table that it is a row of.
    """

    key: int
    document_id: str
    start: int
    end: int
    text: str
    heading: str
    score: float
    reading: str = ""
    words: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The best sentences, best first, and whether they answer the question: `probability` is the calibrated reason."""

    evidence: tuple[Evidence, ...]
    probability: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit where it stands."""

    passage: Passage
    unit: Unit
    context: str  # the document's name, heading and lead, each with a full stop


def sentences(text: str, heading: str = "") -> list[Unit]:
    """What of a text may be quoted, in order; see `legalqa.answer.units`."""
    return units(text, heading)


def stems(text: str) -> list[str]:
    """The words that carry meaning, lower case, shortened so that forms of one word meet; numbers as they are."""
    words = (word.lower().rstrip(".,") for word in _WORD.findall(text))
    kept = (word for word in words if word[0].isdigit() or (len(word) > 1 and word not in _FUNCTION))
    return [word if word[0].isdigit() else word[:_STEM].rstrip("s") or word for word in kept]


def choose(question: str, passages: Sequence[Passage], embed: Embed, embed_question: Embed | None = None) -> Choice:
    """The sentences that come nearest to an answer, at most three, and whether they are one.

    The choice is the same for the same passages in whatever order they come with equal scores.
    """
    ranked, signals = rank(question, passages, embed, embed_question or embed)
    if not ranked:
        return Choice((), 0.0, False)
    probability = 1 / (1 + math.exp(-(float(np.dot(signals, _WEIGHTS)) + _BIAS)))
    return chosen(question, passages, ranked, probability, ENOUGH)


def chosen(
    question: str, passages: Sequence[Passage], ranked: Sequence[Evidence], probability: float, enough: float
) -> Choice:
    """The best of the ranked units, and whether they are an answer with this probability and by the rules."""
    near = [evidence for evidence in ranked if evidence.score >= ranked[0].score - _NEAR]
    told = is_told(question, ranked[0].reading, passages)
    return Choice(tuple(near[:_MOST]), probability, told and probability >= enough)


def rank(
    question: str, passages: Sequence[Passage], embed: Embed, embed_question: Embed
) -> tuple[list[Evidence], Floats]:
    """All units of the passages, best first, and the SIGNALS of the question as a whole."""
    found = list(candidates(passages))
    if not found:
        return [], np.zeros(len(SIGNALS))
    known = features(question, found, embed, embed_question)
    scores = known @ np.array(SCORE)
    order = np.argsort(-scores, kind="stable")
    ranked = [evidence_of(found[i], float(scores[i])) for i in order]
    return ranked, _signals(question, found, known, scores, order)


def is_told(question: str, best: str, passages: Sequence[Passage]) -> bool:
    """Whether nothing speaks against an answer: the best unit holds the kind of thing that is asked for, and the
    passages every year and number that the question names."""
    return kind(question, best) >= 0 and not _names_what_is_not_there(question, passages)


def evidence_of(candidate: Candidate, score: float) -> Evidence:
    """A candidate as it may be quoted."""
    passage, unit = candidate.passage, candidate.unit
    text = passage.text[unit.start : unit.end]
    start, end = passage.start + unit.start, passage.start + unit.end
    words = Reading(passage.text, passage.regions, offset=passage.start).text(start, end)
    place = (passage.key, passage.document_id, start, end)
    return Evidence(*place, text, unit.heading, score, unit.reading, words, unit.header)


def candidates(passages: Sequence[Passage]) -> Iterator[Candidate]:
    """Every unit once, though passages may overlap; where one is cut off in a passage and whole in another, both.

    What gives orders to a machine is no evidence of anything: it may be found and read, but answers nothing. Neither
    does the blank of a form that nobody has filled in.
    """
    seen: set[tuple[str, int, int]] = set()
    for passage in passages:
        heading = passage.section[-1] if passage.section else ""
        found = units(passage.text, heading, passage.regions, passage.start)
        for unit in found:
            place = (passage.document_id, passage.start + unit.start, passage.start + unit.end)
            if place in seen or not unit.reading or _BLANK.fullmatch(unit.reading) or _orders(passage, *place[1:]):
                continue
            seen.add(place)
            context = _headed(PurePath(passage.document).stem) + _headed(unit.heading)
            context += f"{' '.join(unit.lead.split())} " if unit.lead else ""
            yield Candidate(passage, unit, context)


def _orders(passage: Passage, start: int, end: int) -> bool:
    return any(one.kind == "instruction" and one.start < end and start < one.end for one in passage.regions)


def _headed(heading: str) -> str:
    return f"{' '.join(heading.split()).rstrip('.:')}. " if heading.strip() else ""


def features(question: str, found: Sequence[Candidate], embed: Embed, embed_question: Embed) -> Floats:
    """A row of FEATURES for each candidate."""
    asked = embed_question([question])[0]
    own = [candidate.unit.reading for candidate in found]
    contextual = [candidate.context + candidate.unit.reading for candidate in found]
    size = len(found)
    cosines = embed([*contextual, *own]) @ asked
    headed, alone = cosines[:size], cosines[size:]
    known = [f"{' '.join(candidate.passage.section)} {text}" for candidate, text in zip(found, contextual, strict=True)]
    of_passage: dict[int, list[float]] = {}
    for candidate, cosine in zip(found, headed, strict=True):
        of_passage.setdefault(candidate.passage.key, []).append(float(cosine))
    nearness = {key: float(np.mean(sorted(near)[-3:])) for key, near in of_passage.items()}
    columns = [
        headed,
        alone,
        coverage(question, known),
        coverage(question, own),
        _pairs(question, known),
        np.array([nearness[candidate.passage.key] for candidate in found]),
        np.array([math.log(candidate.passage.key) for candidate in found]),
        np.array([kind(question, text) for text in own]),
        np.array([min(math.log(1 + len(text.split())), 4.0) for text in own]),
        np.array([candidate.unit.kind == "exchange" for candidate in found]),
        np.array([candidate.unit.kind == "row" for candidate in found]),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _signals(
    question: str, found: Sequence[Candidate], known: Floats, scores: Floats, order: NDArray[np.intp]
) -> Floats:
    best = int(order[0])
    runners = scores[order[1:6]]
    column = {name: known[:, i] for i, name in enumerate(FEATURES)}
    passage = found[best].passage
    whole = " ".join([passage.document, *passage.section, passage.text])
    texts = [*(candidate.context + candidate.unit.reading for candidate in found), whole]
    return np.array(
        [
            column["cosine"][best],
            column["cosine"].max(),
            column["coverage"][best],
            coverage(question, texts)[-1],
            scores[best] - runners.mean() if len(runners) else 0.0,
            column["kind"][best],
        ],
        np.float64,
    )


def _weights(asked: set[str], words: Sequence[set[str]]) -> Mapping[str, float]:
    """A word of the question weighs the more the fewer of the texts hold it."""
    held = Counter(word for text in words for word in text & asked)
    return {word: math.log(1 + len(words) / (0.5 + held[word])) for word in sorted(asked)}


def coverage(question: str, texts: Sequence[str]) -> Floats:
    """Which share of the question's words each text holds, a word weighing the more the fewer of the texts hold it."""
    words = [set(stems(text)) for text in texts]
    weight = _weights(set(stems(question)), words)
    total = sum(weight.values())
    return np.array([sum(weight[w] for w in sorted(weight.keys() & text)) / total if total else 0.0 for text in words])


def _pairs(question: str, texts: Sequence[str]) -> Floats:
    """Which share of the question's pairs of neighbouring words each text holds."""
    asked = _neighbours(question)
    return np.array([len(asked & _neighbours(text)) / len(asked) if asked else 0.0 for text in texts])


def _neighbours(text: str) -> set[tuple[str, str]]:
    words = stems(text)
    return set(pairwise(words))


def kind(question: str, text: str) -> float:
    """1 if the text holds the kind of thing that is asked for (date, amount, number, name), -1 if not, 0 if none is.

    A period tells when something ends. What is asked by yes or no needs none: a cap on liability may be worded.
    """
    if _ASKS_WHETHER.match(question):
        return 0.0
    told = _NAMING.sub("", text)
    for asks, holds in _KINDS:
        if asks.search(question):
            return 1.0 if holds.search(told) else -1.0
    return 0.0


def _names_what_is_not_there(question: str, passages: Sequence[Passage]) -> bool:
    """Whether the question names a year or another long number that no passage, name or page of theirs bears."""
    there = " ".join(" ".join((p.document, *p.section, *p.bates, p.text)) for p in passages)
    return any(match[0].strip() not in there for match in _IDENTIFIER.finditer(question))
