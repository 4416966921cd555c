"""Which sentences of the passages answer a question, and whether any of them does.

The model does not choose: a weak one chooses wrongly (9 of 20 right, against 20 of 20 for the encoder, measured with
the starter models). A sentence is scored by the encoder on "heading. sentence" and by the words of the question that
it shares; a small logistic model over several signals says whether the best one answers at all. `bench/fit_evidence.py`
fitted it on 1,845 questions of 45 contracts: AUROC 0.84 on unseen documents and on unseen kinds of question, against
0.74 for the best cosine alone. It tells what a record does not speak of from what it does; it does not see that a
record which speaks of the very thing leaves out the detail that is asked for (0.52 on the sample matter's unanswerable
questions). That takes a model that reads.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from legalqa.values.answer import Passage

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

MAX_SENTENCE: Final = 600  # characters; a longer one is cut at a semicolon, colon or line break
_SHORT: Final = 3  # words; a shorter piece ("(a)") belongs to the one that follows
_LONGEST_HEADING: Final = 10  # words
_STEM: Final = 6  # letters that stand for a word: terminate, termination, terminated
_PARAGRAPH: Final = re.compile(r"\S.*?(?=\s*\n[ \t]*\n|\s*\Z)", re.DOTALL)
_NUMBERED: Final = re.compile(
    r"\W*(?:(?:article|section|part|exhibit)\s+)?(?:\d+|[ivxlc]+\b)?[\d.()]*\s*", re.IGNORECASE
)
_SMALL: Final = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
_CUT: Final = re.compile(r"(?<=[;:])\s+|\n\s*")
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
_ASKS_DATE: Final = re.compile(r"\b(?:when|dates?|dated|deadline|what (?:day|year|month))\b", re.IGNORECASE)
_ASKS_NUMBER: Final = re.compile(
    r"\b(?:how (?:much|many|long|often|old|far|soon|large|big)|amounts?|number|percentage|rate|sum|price|cost|fees?"
    r"|rent|period|duration|term|minimum|maximum|cap|limit|pay)\b",
    re.IGNORECASE,
)
_ASKS_YES_NO: Final = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|may|must|will|would|should)\b", re.IGNORECASE
)
_DATE: Final = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b(?:19|20)\d\d\b"
)
_QUANTITY: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety"
    r"|hundred|thousand|million|percent)\b",
    re.IGNORECASE,
)

# Weights of a sentence's score beside its cosine: shared words, its passage, the kind of thing that is asked for.
_COVERAGE, _PASSAGE, _KIND = 0.3, 0.3, 0.06
_NEAR: Final = 0.08  # a sentence within this of the best one is quoted too
_MOST: Final = 3  # sentences quoted
SIGNALS: Final = ("cosine", "top_cosine", "coverage", "passage_coverage", "margin", "kind", "yes_no")
_WEIGHTS: Final = (2.88, 3.38, 1.56, 1.42, -0.32, -0.25, -1.12)
_BIAS: Final = -3.16
ENOUGH: Final = 0.5  # probability from which on the record is said to answer


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage. ``text == document.text[start:end]``; `score` compares within one question only."""

    key: int
    document_id: str
    start: int
    end: int
    text: str
    heading: str
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The best sentences, best first, and whether they answer the question: `probability` is the calibrated reason."""

    evidence: tuple[Evidence, ...]
    probability: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text at ``[start, end)``, and the heading it stands under, "" for none."""

    start: int
    end: int
    heading: str


def sentences(text: str, heading: str = "") -> list[Sentence]:
    """The sentences of a text in order, without the white space around them and without the headings between them.

    `heading` is the one that the text itself stands under. A text of nothing but headings is its own sentences.
    """
    spans = [span for paragraph in _PARAGRAPH.finditer(text) for span in _of_paragraph(text, *paragraph.span())]
    found: list[Sentence] = []
    under = heading
    for start, end in spans:
        if _is_heading(text[start:end]):
            under = text[start:end]
        elif found and text[found[-1].end - 1] == ":" and end - found[-1].start <= MAX_SENTENCE:
            found[-1] = replace(found[-1], end=end)  # what a list or a form begins with says nothing alone
        else:
            found.append(Sentence(start, end, under))
    return found or [Sentence(start, end, heading) for start, end in spans]


def _is_heading(text: str) -> bool:
    match = _NUMBERED.match(text)
    title = text[match.end() if match else 0 :].strip().rstrip(".:")
    words = title.split()
    if len(words) > _LONGEST_HEADING or re.search(r"[\d:]", title):
        return False
    return all(word in _SMALL or not word[:1].islower() for word in words)


def _of_paragraph(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    from nupunkt import sent_spans

    pending: int | None = None
    spans = [(start + a, start + b) for a, b in sent_spans(text[start:end])] or [(start, end)]
    for number, (a, b) in enumerate(spans):
        a = pending if pending is not None else a
        pending = None
        short = len(text[a:b].split()) < _SHORT and not _is_heading(text[a:b])
        if short and number + 1 < len(spans):
            pending = a
            continue
        for c, d in _cut(text, a, b):
            stripped = text[c:d].strip()
            if stripped:
                c = text.index(stripped, c)
                yield c, c + len(stripped)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of at most MAX_SENTENCE characters where there are places to cut."""
    places = [match.end() for match in _CUT.finditer(text, start, end)]
    while end - start > MAX_SENTENCE and places:
        fitting = [place for place in places if start < place <= start + MAX_SENTENCE] or places[:1]
        yield start, fitting[-1]
        start = fitting[-1]
        places = [place for place in places if place > start]
    yield start, end


def stems(text: str) -> list[str]:
    """The words that carry meaning, lower case, shortened so that forms of one word meet; numbers as they are."""
    words = (word.lower().rstrip(".,") for word in _WORD.findall(text))
    return [word if word[0].isdigit() else word[:_STEM].rstrip("s") for word in words if word not in _FUNCTION]


def choose(question: str, passages: Sequence[Passage], embed: Embed, embed_question: Embed | None = None) -> Choice:
    """The sentences that come nearest to an answer, at most three, and whether they are one.

    The choice is the same for the same passages in whatever order they come with equal scores.
    """
    ranked, signals = rank(question, passages, embed, embed_question or embed)
    if not ranked:
        return Choice((), 0.0, False)
    probability = 1 / (1 + math.exp(-(float(np.dot(signals, _WEIGHTS)) + _BIAS)))
    near = [evidence for evidence in ranked if evidence.score >= ranked[0].score - _NEAR]
    return Choice(tuple(near[:_MOST]), probability, probability >= ENOUGH)


def rank(
    question: str, passages: Sequence[Passage], embed: Embed, embed_question: Embed
) -> tuple[list[Evidence], NDArray[np.float64]]:
    """All sentences of the passages, best first, and the SIGNALS of the question as a whole."""
    found = list(_candidates(passages))
    if not found:
        return [], np.zeros(len(SIGNALS))
    contextual = [f"{_headed(evidence.heading)}{evidence.text}" for evidence in found]
    vectors = embed([" ".join(text.split()) for text in contextual])
    cosines = vectors @ embed_question([question])[0]
    titles = {passage.key: f"{passage.document} {' '.join(passage.section)} " for passage in passages}
    known = [titles[evidence.key] + text for evidence, text in zip(found, contextual, strict=True)]
    shared = _coverage(question, known)
    of_passage = np.array([_in_passage(evidence.key, found, cosines) for evidence in found])
    kind = np.array([_kind(question, evidence.text) for evidence in found])
    scores = cosines + _COVERAGE * shared + _PASSAGE * of_passage + _KIND * np.maximum(kind, 0)
    order = np.argsort(-scores, kind="stable")
    best = int(order[0])
    runners = scores[order[1:6]]
    whole = " ".join(text for text, evidence in zip(known, found, strict=True) if evidence.key == found[best].key)
    signals = [
        cosines[best],
        cosines.max(),
        shared[best],
        _coverage(question, [*known, whole])[-1],
        scores[best] - runners.mean() if len(runners) else 0.0,
        kind[best],
        bool(_ASKS_YES_NO.match(question)),
    ]
    ranked = [replace(found[i], score=float(scores[i])) for i in order]
    return ranked, np.array(signals, np.float64)


def _candidates(passages: Sequence[Passage]) -> Iterator[Evidence]:
    """Every sentence once, though passages may overlap."""
    seen: set[tuple[str, int, int]] = set()
    for passage in passages:
        for sentence in sentences(passage.text, passage.section[-1] if passage.section else ""):
            start, end = passage.start + sentence.start, passage.start + sentence.end
            if (passage.document_id, start, end) in seen:
                continue
            seen.add((passage.document_id, start, end))
            text = passage.text[sentence.start : sentence.end]
            yield Evidence(passage.key, passage.document_id, start, end, text, sentence.heading, 0.0)


def _headed(heading: str) -> str:
    return f"{heading.strip().rstrip('.:')}. " if heading.strip() else ""


def _coverage(question: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """Which share of the question's words each text holds, a word weighing the more the fewer of the texts hold it."""
    words = [set(stems(text)) for text in texts]
    asked = set(stems(question))
    held = Counter(word for text in words for word in text & asked)
    weight = {word: math.log(1 + len(texts) / (0.5 + held[word])) for word in sorted(asked)}
    total = sum(weight.values())
    return np.array([sum(weight[word] for word in sorted(asked & text)) / total if total else 0.0 for text in words])


def _in_passage(key: int, found: Sequence[Evidence], cosines: NDArray[np.float32]) -> float:
    """How near the sentences of a passage come on average, the best three of them."""
    own = np.sort([cosine for evidence, cosine in zip(found, cosines, strict=True) if evidence.key == key])
    return float(own[-3:].mean())


def _kind(question: str, text: str) -> float:
    """1 if the text holds the kind of thing that is asked for, a date or a quantity, -1 if not, 0 if neither is."""
    if _ASKS_DATE.search(question):
        return 1.0 if _DATE.search(text) else -1.0
    if _ASKS_NUMBER.search(question):
        return 1.0 if _QUANTITY.search(text) else -1.0
    return 0.0
