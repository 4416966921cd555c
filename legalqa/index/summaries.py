"""The sentences that stand for a section: the upper level of a long document, made of spans of its own text.

A summary is extracted, never written: what it shows can be cited as everything else. A sentence is scored as in MEAD
(Radev, Jing, Styś, Tam 2004, "Centroid-based summarization of multiple documents": nearness to the centroid, position,
overlap with the head), with vectors for the centroid (Rossiello, Basile, Semeraro 2017). The vectors are those that
the children were embedded with anyway: a sentence is as near to the centroid as the child that it begins in, so that
no text is encoded for the summaries. Added is what makes a sentence of a contract operative: "shall", "means".
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from legalqa.index.vectors import searchable
from legalqa.values import reading
from legalqa.values.document import Document, Section, Span, Summary

_FEW, _MORE = 1_500, 8_000  # characters of a section up to which one sentence, or two, stand for it; else three
_SHORTEST, _LONGEST = 5, 110  # words of a sentence that may stand for anything; a longer one is cut at a semicolon
_SMALL: Final = 0.3  # share of the words of a sentence that begin with a small letter
_NO_PROSE: Final = ("contents", "signature", "table", "footnote", "instruction")
_OPERATIVE: Final = re.compile(
    r"\b(?:shall|must|may not|may|will|agrees?|covenants?|represents?|warrants?|hereby|means?|is entitled"
    r"|are entitled|is governed|continues? until|commences?)\b"
)
_ASIDE: Final = re.compile(
    r"(?:provided|for the avoidance of doubt|notwithstanding the foregoing|without limiting|in furtherance"
    r"|for (?:the )?purposes of|such|the foregoing|accordingly|if applicable)\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_STEM: Final = 6  # letters that stand for a word: terminate, termination
_CUT: Final = re.compile(r"[;:]\s")
_TRAILER: Final = re.compile(r"(?<=[.;:])\s+\d{0,4}\s*_{3,}$")  # a page's end that nothing tells as such
_BETWEEN: Final = re.compile(r"[\s.:;,—–-]*")
# What a sentence's features weigh: cosine of its child with the centroid, first of the section, share of the heading's
# words in it, operative, an aside to another one or the end of it, long.
_WEIGHTS: Final = np.array((1.0, 0.30, 0.25, 0.15, -0.30, -0.15))


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    stems: frozenset[str]
    operative: bool
    aside: bool
    words: int
    plain: bool  # no list of names, no page's end in it


def summarized(document: Document, embeddings: NDArray[np.floating[Any]]) -> tuple[Summary, ...]:
    """What stands for each section that has prose in it, in the order of the sections.

    `embeddings` are ``[len(searchable(document)), size]``, unit vectors. A section that is a single item of a list,
    without a title and within one child, is its own summary and has none; a document without sections is one section.
    """
    rows = [(chunk.start, index) for index, chunk in enumerate(searchable(document)) if not chunk.hidden]
    if not rows:
        return ()
    rows.sort()
    starts = [start for start, _ in rows]
    vectors = np.asarray(embeddings, np.float32)[[index for _, index in rows]]
    sums = np.concatenate((np.zeros((1, vectors.shape[1]), np.float32), np.cumsum(vectors, axis=0)))
    sentences = _sentences(document)
    begins = [sentence.start for sentence in sentences]
    found = []
    whole = Section("", document.title, 1, 0, len(document.text), ())
    for position, section in enumerate(document.sections or (whole,)):
        inside = sentences[bisect_left(begins, section.start) : bisect_left(begins, section.end)]
        low, high = bisect_left(starts, section.start), bisect_left(starts, section.end)
        if not inside or (not section.title and high - low < 2):
            continue
        centroid = sums[max(high, low + 1)] - sums[low] if low < len(rows) else sums[-1] - sums[-2]
        of_child = [max(bisect_right(starts, sentence.start) - 1, 0) for sentence in inside]
        near = vectors[of_child] @ (centroid / max(float(np.linalg.norm(centroid)), 1e-6))
        spans = _chosen(section, inside, near, of_child)
        found.append(Summary(position, spans))
    return tuple(found)


def _chosen(
    section: Section, sentences: Sequence[_Sentence], near: NDArray[np.float32], of_child: Sequence[int]
) -> tuple[Span, ...]:
    """The best sentences, no two of one child, in the order of the text."""
    length = section.end - section.start
    most = 1 if length <= _FEW else 2 if length <= _MORE else 3
    head = _stems(section.title)
    features = np.array(
        [
            (
                cosine,
                at == 0,
                len(head & sentence.stems) / len(head) if head else 0.0,
                sentence.operative,
                sentence.aside,
                sentence.words > _LONGEST // 2,
            )
            for at, (sentence, cosine) in enumerate(zip(sentences, near, strict=True))
        ]
    )
    spans: dict[int, Span] = {}
    for index in np.argsort(-(features @ _WEIGHTS), kind="stable"):
        if len(spans) < most:
            spans.setdefault(of_child[index], Span(sentences[index].start, sentences[index].end))
    return tuple(sorted(spans.values()))


def _sentences(document: Document) -> list[_Sentence]:
    """The sentences of the running text, without headings; none reaches into another section."""
    import nupunkt

    read = reading.of(document)
    text = read.masked()
    closed = [region for region in document.regions if region.kind in _NO_PROSE]
    heads = {section.start: _after_heading(text, section) for section in document.sections}
    edges = sorted(
        {place for region in closed for place in (region.start, region.end)} | heads.keys() | set(heads.values())
    )
    taken = _Taken([(region.start, region.end) for region in closed] + list(heads.items()))
    found = []
    for start, end in nupunkt.sent_spans(text) if text.strip() else ():
        inner = edges[bisect_right(edges, start) : bisect_left(edges, end)]
        for low, high in pairwise((start, *inner, end)):
            if low not in taken:
                found += [_sentence(text, *part) for part in _parts(text, low, high)]
    return [sentence for sentence in found if sentence.words >= _SHORTEST and sentence.plain]


class _Taken:
    """Whether a character lies in one of several spans, which may overlap."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._spans: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if self._spans and start <= self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            elif start < end:
                self._spans.append((start, end))
        self._starts = [start for start, _ in self._spans]

    def __contains__(self, at: int) -> bool:
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._spans[index][1]


def _after_heading(text: str, section: Section) -> int:
    """Where the words of a section begin, past its number and title."""
    at = section.start
    for part in (section.number, section.title):
        words = part.split()
        pattern = r"\s+".join(map(re.escape, words))
        if words and (match := re.compile(rf"\W{{0,40}}{pattern}").match(text, at, section.end)):
            at = match.end()
    match = _BETWEEN.match(text, at, section.end) if at > section.start else None
    return match.end() if match else at


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or what stands between the semicolons of a very long one, without outer white space."""
    if len(text[start:end].split()) > _LONGEST:
        places = [match.end() for match in _CUT.finditer(text, start, end)]
    else:
        places = []
    for low, high in pairwise((start, *places, end)):
        part = _TRAILER.sub("", text[low:high].rstrip())
        if part.strip():
            yield low + len(part) - len(part.lstrip()), low + len(part.rstrip())


def _sentence(text: str, start: int, end: int) -> _Sentence:
    part = text[start:end]
    cut = not part[0].isupper() or part.count(")") > part.count("(")
    aside = cut or _ASIDE.match(part) is not None
    words = part.split()
    plain = "____" not in part and sum(word[0].islower() for word in words) >= _SMALL * len(words)
    return _Sentence(start, end, _stems(part), _OPERATIVE.search(part) is not None, aside, len(words), plain)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in map(str.lower, _WORD.findall(text)))
