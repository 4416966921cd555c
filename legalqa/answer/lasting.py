"""Questions how long a document lasts: answered from what it says of its own term, not from what sounds most like them.

"When does the lease end?" shares more words with a clause on holding over after the end than with the one that says
when that is. So the clause is looked up, as for an overview, and with it the line that gives the date by the name that
the clause calls it: "ends on the Expiration Date" → "Expiration Date: May 31, 2029".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from legalqa.answer import overview
from legalqa.values.document import Document, Span

_PAPER: Final = (
    r"(?:(?:the|this|that|our|its)\s+)?(?:[\w-]+\s+){0,2}?"
    r"(?:agreement|contract|lease|nda|license|licence|sublease|guaranty|engagement|term|tenancy)(?:['’]s)?(?:\s+term)?"
)
_ENDS: Final = r"(?:end|expire|terminate|lapse|run\s+out|come\s+to\s+an\s+end)s?"
_ASKED: Final = re.compile(
    rf"\s*(?:when|(?:on|by)\s+(?:what|which)\s+date|until\s+when)\s+(?:does|do|will|is)\s+{_PAPER}"
    rf"(?:\s+of\s+{_PAPER})?\s+(?:{_ENDS}|over|set\s+to\s+{_ENDS})\s*[?.]*\s*"
    rf"|\s*(?:what|when)\s+is\s+(?:the\s+)?(?:initial\s+)?(?:term|duration|length|expiration|expiry|end\s+date"
    rf"|(?:expiration|expiry|termination)\s+date)(?:\s+of\s+{_PAPER})?\s*[?.]*\s*"
    rf"|\s*how\s+long\s+(?:does|do|will|is)\s+{_PAPER}\s+(?:last|run|continue|remain\s+in\s+(?:force|effect)"
    rf"|in\s+(?:force|effect)|for)\s*[?.]*\s*",
    re.IGNORECASE,
)
_NAMES: Final = re.compile(r"\b(?:(?:Scheduled|Initial|Lease|Final|Outside)\s+)?(?:[A-Z][a-z]+\s+)Date\b")
_DATED: Final = re.compile(r"\b(?:19|20)\d{2}\b")
_BEGINS: Final = re.compile(r"\b(?:commencement|effective|start|closing)\b", re.IGNORECASE)
_LONGEST: Final = 300  # characters of a line that gives a date


def asked(question: str) -> bool:
    """Whether a question asks how long a document lasts or when it ends, and for nothing else."""
    return _ASKED.fullmatch(question) is not None


def places(document: Document) -> tuple[Span, ...]:
    """Where a document says how long it lasts; before it, where it gives the date that the clause names by name alone.

    Empty if it does not say so.
    """
    found = overview.term(document)
    if found is None:
        return ()
    _, span = found
    spans = *_given(document, document.text[span.start : span.end]), span
    return tuple(span for span in spans if _is_said(document, span))


def _is_said(document: Document, span: Span) -> bool:
    """Whether a reader of the page sees the words, and they give no orders to a machine."""
    unfit = ("hidden", "instruction")
    return not any(region.kind in unfit for region in document.regions_of(span.start, span.end))


def _given(document: Document, clause: str) -> Iterator[Span]:
    """The line, row or definition that begins with the name of the clause's end and holds a year."""
    if _DATED.search(clause):
        return
    for name in dict.fromkeys(" ".join(match[0].split()) for match in _NAMES.finditer(clause)):
        if _BEGINS.search(name):
            continue
        words = r"\s+".join(map(re.escape, name.split()))
        for match in re.finditer(rf"(?m)^[^\w\n]{{0,20}}{words}\b\W[^\n]{{0,{_LONGEST}}}$", document.text):
            line = match[0].strip()
            start = match.start() + match[0].index(line)
            span = Span(start, start + len(line))
            if _DATED.search(line) and _is_said(document, span):
                yield span
                break
