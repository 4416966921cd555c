"""Naming places in the record, and finding a quotation there or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legalqa.values.answer import CheckedCitation
from legalqa.values.document import Document
from legalqa.verify import quotes
from legalqa.verify.record import Place, Record

_NEGATION = re.compile(r"(?i)\b(?:not|no|never|neither|nor|unless|except|without)\b|n['’]t\b")


def file_name(path: str) -> str:
    """The last part of a path of this system or of Windows."""
    return re.split("/" if path.startswith("/") else r"[\\/]", path)[-1]


def named(document: Document, start: int, end: int) -> str:
    """A place as a reader looks it up: "Lease.pdf p. 12 (HARBOR000123)", or the section where a file has no pages."""
    name = file_name(document.path)
    bates = document.bates_of(start, end)
    labels = [page.label or str(page.number) for page in document.pages_of(start, end)]
    if document.paged and labels:
        where = f"p. {labels[0]}" if len(labels) == 1 else f"pp. {labels[0]}-{labels[-1]}"
        name = f"{name} {where}"
    elif section := document.section_of(start):
        name = f"{name}, {section[-1]}"
    return f"{name} ({bates[0] if len(bates) == 1 else f'{bates[0]}-{bates[-1]}'})" if bates else name


def named_places(places: Sequence[Place], record: Record, limit: int = 3) -> tuple[str, ...]:
    """The names of at most `limit` different places."""
    names = []
    for place in places:
        document = record.document(place.document_id)
        if document:
            names.append(named(document, place.start, place.end))
    return tuple(dict.fromkeys(names))[:limit]


def elsewhere(quote: str, record: Record, document: Document | None = None) -> tuple[str, ...]:
    """Where else the words stand: first in the cited document, then anywhere in the matter."""
    if document:
        here = [Place(document.id, match.start, match.end) for match in quotes.find_all(quote, document.text, 3)]
        if here:
            return named_places(here, record)
    return named_places(record.find(quote), record)


def cited(
    key: str,
    document: Document,
    start: int,
    end: int,
    *,
    quote: str = "",
    elsewhere: tuple[str, ...] = (),
    found: bool = True,
) -> CheckedCitation:
    """A citation of ``document.text[start:end]`` with all that a reader needs to see it."""
    return CheckedCitation(
        key=key,
        found=found,
        document=file_name(document.path),
        document_id=document.id,
        path=document.path,
        section=document.section_of(start),
        pages=tuple(page.number for page in document.pages_of(start, end)),
        bates=document.bates_of(start, end),
        quote=quote,
        start=start,
        end=end,
        boxes=document.boxes_of(start, end),
        ocr_confidence=document.confidence_of(start, end),
        elsewhere=elsewhere,
        paged=document.paged,
    )


def known_names(document: Document, start: int) -> tuple[str, ...]:
    """Texts that name the document and its people without standing in the passage."""
    return (document.title, file_name(document.path), *document.parties, *document.section_of(start))


def read_by_ocr(document: Document, start: int, end: int) -> bool:
    """Whether any page of the span was read by OCR."""
    return any(page.source == "ocr" for page in document.pages_of(start, end))


def cut_negation(text: str, start: int) -> str:
    """The words just before a quotation in its own sentence, if they hold a negation or an exception; else ""."""
    before = re.split(r"[.;:]\s|\n\s*\n", text[max(start - 120, 0) : start])[-1]
    near = " ".join(before.split()[-6:])
    return near if _NEGATION.search(near) else ""
