"""Evidence and passages as quotations: shown as quoting has it, cited as they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from legalqa.answer.evidence import Evidence
from legalqa.values import reading
from legalqa.values.answer import Citation, Claim, Passage

_INNER: Final = str.maketrans('“”"', "‘’'")


def quote(sentence: Evidence) -> Claim:
    """The sentence itself: shown with single spaces and, as quoting has it, single marks inside; cited as it stands."""
    words = sentence.words or sentence.text
    citation = Citation(str(sentence.key), words, sentence.document_id, sentence.start, sentence.end)
    return Claim(f"“{shown(words)}”", (citation,), copied=True)


def shown(words: str) -> str:
    """Words of the record as they stand between quotation marks."""
    return " ".join(words.split()).translate(_INNER)


def whole(passage: Passage) -> Evidence:
    """All of a passage as evidence."""
    words = reading.shown(passage)
    heading = passage.section[-1] if passage.section else ""
    place = (passage.key, passage.document_id, passage.start, passage.end)
    return Evidence(*place, passage.text, heading, 0.0, reading=" ".join(words.split()), words=words)


def quoted(passage: Passage) -> Claim:
    """A whole passage as a quotation of the document that it is of."""
    return quote(whole(passage))


def placed(claim: Claim, sentence: Evidence) -> Claim:
    """The claim with the place in the document that each of its citations points at."""
    citations = (
        replace(citation, document_id=sentence.document_id, start=sentence.start, end=sentence.end)
        for citation in claim.citations
    )
    return replace(claim, citations=tuple(citations))
