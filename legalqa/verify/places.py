"""Naming places in the record, and finding a quotation there or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legalqa.values import reading
from legalqa.values.answer import CheckedCitation
from legalqa.values.document import Document, Region
from legalqa.values.pin import pin
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
    if cite := pin(document, start, end).text:
        name = f"{name} {cite}"
    elif section := document.section_of(start):
        name = f"{name}, {section[-1]}"
    return f"{name} ({bates[0] if len(bates) == 1 else f'{bates[0]}-{bates[-1]}'})" if bates else name


def named_places(places: Sequence[Place], record: Record, limit: int = 3) -> tuple[str, ...]:
    """The names of at most `limit` different places."""
    names = []
    for place in places:
        document = record.document(place.document_id)
        if document:
            unseen = f" (text that cannot be seen on the page: {place.hidden})" if place.hidden else ""
            names.append(named(document, place.start, place.end) + unseen)
    return tuple(dict.fromkeys(names))[:limit]


def elsewhere(quote: str, record: Record, document: Document | None = None) -> tuple[str, ...]:
    """Where else the words stand: first in the cited document, then anywhere in the matter."""
    found = [*standing(quote, document, 3)] if document else []
    if not any(not place.hidden for place in found):
        found += record.find(quote)
    seen = [place for place in found if not place.hidden]
    return named_places(seen or found, record)


def standing(quote: str, document: Document, limit: int = 20) -> list[Place]:
    """Where the words stand in a document: in what is read of it, else in its running heads and stamps, else only in
    text that cannot be seen; the last are marked.
    """
    for text in (reading.of(document).masked(), reading.Reading(document.text, _hidden(document)).masked()):
        if found := [Place(document.id, match.start, match.end) for match in quotes.find_all(quote, text, limit)]:
            return found
    places: list[Place] = []
    for region in _hidden(document):
        why = region.detail or "it is not shown"
        for match in quotes.find_all(quote, document.text[region.start : region.end], limit - len(places)):
            places.append(Place(document.id, region.start + match.start, region.start + match.end, why))
        if len(places) >= limit:
            break
    return places


def _hidden(document: Document) -> tuple[Region, ...]:
    return document.regions_of(0, len(document.text), "hidden")


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
    cite = pin(document, start, end)
    text = document.text[start:end]
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
        boxes=reading.boxes_of(document, start, end),
        ocr_confidence=reading.confidence_of(document, start, end),
        elsewhere=elsewhere,
        paged=document.paged,
        pin=cite.text,
        lines=cite.lines,
        labels=cite.labels,
        header=reading.header_of(document.regions_of(start, end, "table"), text, start, end),
        hidden=reading.hidden_in(document, start, end),
    )


def known_names(document: Document, start: int) -> tuple[str, ...]:
    """Texts that name the document and its people without standing in the passage."""
    return (document.title, file_name(document.path), *document.parties, *document.section_of(start))


def read_by_ocr(document: Document, start: int, end: int) -> bool:
    """Whether any page of the span was read by OCR."""
    return any(page.source == "ocr" for page in document.pages_of(start, end))


def cut_negation(document: Document, start: int) -> str:
    """The words just before a quotation in its own sentence, if they hold a negation or an exception; else ""."""
    spans = reading.pieces_of(document, max(start - 200, 0), start)
    text = " ".join(document.text[span.start : span.end].strip() for span in spans)
    before = re.split(r"[.;:]\s|\n\s*\n", f"{text[-120:]} ")[-1]
    near = " ".join(before.split()[-6:])
    return near if _NEGATION.search(near) else ""
