"""Claims about a matter's own documents whose truth is known: a sentence as it stands there, or with one error planted.

The same documents and seed give the same claims. Every altered claim is made from a sentence that is also put forward
unaltered, in the same form, so that what is flagged of the true ones counts against precision.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from legalqa.evaluate import altering
from legalqa.values import reading
from legalqa.values.document import Document

ALTERED = (
    "number", "number_word", "negation", "party_swap", "modality", "wrong_document", "wrong_page", "invented_quote",
    "invented_authority",
)  # fmt: skip
SHORTEST, LONGEST = 8, 60  # words of a sentence
AROUND = 1_200  # characters on either side of a sentence that are cited where a file has no pages
_AUTHORITIES = (  # none of these exists: the reporters do not, or hold no decision of that year or volume
    "{a} v. {b}, {v} Q.3d {p} (9th Cir. 2011)", "{a} v. {b}, {v} U.S. {p} (1712)",
    "{a} v. {b}, 1{v} F.2d {p} (2d Cir. 1961)", "In re {a}, {v} Fedl. Rpts. {p} (1988)",
)  # fmt: skip
_NAMES = ("Aldermoor", "Brackwater", "Corvane", "Dunmarrow", "Eastlode", "Fennick", "Garrowby", "Hollinshade")

Spans = Callable[[str], Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Planted:
    """A claim that cites ``[start, end)`` of a document. `quoted`: it puts the words between quotation marks; otherwise
    it says them in slightly other words. `kind` is one of `ALTERED`, or "true".
    """

    id: str
    kind: str
    text: str
    quoted: bool
    document_id: str
    start: int
    end: int

    @property
    def true(self) -> bool:
        """Whether the cited place says so."""
        return self.kind == "true"


@dataclass(frozen=True, slots=True)
class _Sentence:
    document: Document
    start: int
    end: int
    text: str


def plant(
    documents: Sequence[Document], spans: Spans, roles: Collection[str], seed: int, each: int
) -> tuple[Planted, ...]:
    """About `each` claims of each kind, and the true ones that they were made from. `spans` finds sentences."""
    chosen = random.Random(seed)
    ordered = sorted(documents, key=lambda one: one.id)
    sentences = [sentence for document in ordered for sentence in _sentences(document, spans)]
    chosen.shuffle(sentences)
    names = {document.id: altering.parties(document.text, roles) for document in ordered}
    made: list[Planted] = []
    kept: set[tuple[int, bool]] = set()
    for kind in ALTERED:
        made += _of_kind(kind, sentences, names, chosen, each, kept)
    for at, quoted in sorted(kept):
        sentence = sentences[at]
        made.append(_claim(f"{at}-true-{int(quoted)}", "true", sentence.text, quoted, sentence))
    return tuple(made)


def _of_kind(
    kind: str,
    sentences: Sequence[_Sentence],
    names: dict[str, tuple[str, ...]],
    chosen: random.Random,
    each: int,
    kept: set[tuple[int, bool]],
) -> Iterator[Planted]:
    """Half as quotations, half as free sentences, where the kind can be both; `kept` gathers their sources."""
    made = 0
    for at in chosen.sample(range(len(sentences)), len(sentences)):
        quoted = kind == "invented_quote" or (kind != "invented_authority" and made % 2 == 0)
        claim = _planted(kind, at, sentences, names, chosen, quoted=quoted)
        if claim is None:
            continue
        kept.add((at, quoted))
        yield claim
        made += 1
        if made == each:
            return


def _planted(
    kind: str,
    at: int,
    sentences: Sequence[_Sentence],
    names: dict[str, tuple[str, ...]],
    chosen: random.Random,
    *,
    quoted: bool,
) -> Planted | None:
    sentence = sentences[at]
    text, place = sentence.text, sentence
    if kind in ("wrong_document", "wrong_page"):
        other = _other_place(sentence, sentences, chosen, same_document=kind == "wrong_page")
        if other is None:
            return None
        place = other
    elif kind == "invented_quote":
        text = _spliced(sentence, chosen.choice(sentences))
    elif kind == "invented_authority":
        text = f"{text} {_authority(chosen)}."
    else:
        text = _altered(kind, text, names[sentence.document.id], chosen)
    if not text or (kind not in ("wrong_document", "wrong_page") and text in sentence.document.text):
        return None
    return _claim(f"{at}-{kind}", kind, text, quoted, place)


def _altered(kind: str, text: str, names: Sequence[str], chosen: random.Random) -> str:
    if kind in ("number", "number_word"):
        new = altering.number(text, chosen)
        spelled = _figures(new) == _figures(text)  # only words changed
        return new if new and spelled == (kind == "number_word") else ""
    if kind == "negation":
        return altering.affirmed(text, chosen) or altering.negated(text, chosen)
    return altering.swapped(text, chosen, names) if kind == "party_swap" else altering.modality(text, chosen)


def _figures(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _sentences(document: Document, spans: Spans) -> Iterator[_Sentence]:
    """Sentences that state something: no heading, no row, nothing that is hidden or twice in the document."""
    text = reading.of(document).masked()
    counts = Counter(" ".join(text[start:end].split()) for start, end in spans(text))
    for start, end in spans(text):
        words = " ".join(text[start:end].split())
        long = SHORTEST <= len(words.split()) <= LONGEST
        prose = words[:1].isupper() and words.endswith(".") and sum(w[0].islower() for w in words.split()) >= 4
        plain = not re.search(r"[“”\"_|\[\]]|\.{3}", words)  # quotation marks of its own would be quoted twice
        if long and prose and plain and counts[words] == 1:
            yield _Sentence(document, start, end, words)


def _other_place(
    sentence: _Sentence, sentences: Sequence[_Sentence], chosen: random.Random, *, same_document: bool
) -> _Sentence | None:
    """A sentence of another page or document, on whose page the words do not stand."""
    for _ in range(20):
        other = chosen.choice(sentences)
        if (other.document.id == sentence.document.id) != same_document:
            continue
        start, end = around(other.document, other.start, other.end)
        if sentence.text not in " ".join(other.document.text[start:end].split()):
            return other
    return None


def _spliced(one: _Sentence, other: _Sentence) -> str:
    """The first half of one sentence with the second half of another."""
    first, second = one.text.split(), other.text.split()
    if one is other:
        return ""
    return " ".join((*first[: len(first) // 2], *second[len(second) // 2 :]))


def _authority(chosen: random.Random) -> str:
    one, other = chosen.sample(_NAMES, 2)
    form = chosen.choice(_AUTHORITIES)
    return form.format(a=one, b=other, v=chosen.randrange(100, 900), p=chosen.randrange(100, 1400))


def _claim(id: str, kind: str, text: str, quoted: bool, place: _Sentence) -> Planted:
    start, end = around(place.document, place.start, place.end)
    if not quoted and kind != "number_word":  # whose figures in parentheses are the true ones
        text = altering.restated(text)
    return Planted(id, kind, text, quoted, place.document.id, start, end)


def around(document: Document, start: int, end: int) -> tuple[int, int]:
    """The pages of a span, which are what a brief cites; some text around it where the file has none."""
    pages = document.pages_of(start, end)
    if document.paged and pages:
        return pages[0].start, pages[-1].end
    return max(start - AROUND, 0), min(end + AROUND, len(document.text))


def figures(judged: Sequence[tuple[Planted, bool]]) -> dict[str, Any]:
    """{"true": {"n", "accepted"}, "kinds": {KIND: {"n", "recall", "precision"}}, "all": …} of (claim, was it flagged).

    Precision of a kind: of what is flagged among its claims and the true ones, put in proportion, the share that is
    altered.
    """
    alarms = [flagged for claim, flagged in judged if claim.true]
    alarm = sum(alarms) / len(alarms) if alarms else 0.0
    told: dict[str, Any] = {"true": {"n": len(alarms), "accepted": 1 - alarm}, "kinds": {}}
    for kind in ALTERED:
        caught = [flagged for claim, flagged in judged if claim.kind == kind]
        if caught:
            told["kinds"][kind] = _rates(sum(caught) / len(caught), alarm) | {"n": len(caught)}
    altered = [flagged for claim, flagged in judged if not claim.true]
    if altered:
        told["all"] = _rates(sum(altered) / len(altered), alarm) | {"n": len(altered)}
    return told


def _rates(recall: float, alarm: float) -> dict[str, float]:
    return {"recall": recall, "precision": recall / (recall + alarm) if recall + alarm else 1.0}
