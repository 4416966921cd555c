"""What a reference in a brief points at: Bates numbers, "Lease § 4.2", "Lease at 12", "Doe Dep. 45:12-46:3".

One match or unresolved: a reference that could mean two places means none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from legalqa.values.document import Document, Page, Span
from legalqa.verify.record import Place

_BATES = re.compile(
    r"(?P<prefix>[A-Za-z][A-Za-z_. -]*?)[ _-]?(?P<first>\d{3,})(?:\s*-\s*(?:[A-Za-z_. ]*)(?P<last>\d+))?"
)
_PIN = re.compile(
    r"(?P<title>.+?)[,\s]+(?:"
    r"§§?\s*(?P<section>[\w.()]+)"
    r"|¶¶?\s*(?P<paragraph>\d+)"
    r"|(?P<page1>\d+):(?P<line1>\d+)(?:\s*-\s*(?:(?P<page2>\d+):)?(?P<line2>\d+))?"
    r"|(?:at|p\.|pp\.|page|pages)\s*(?P<page>\w+)(?:\s*-\s*(?P<last>\w+))?"
    r")",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[a-z0-9]+")
_SHORT = {"dep": "transcript", "tr": "transcript", "compl": "complaint", "am": "amendment", "amend": "amendment"}


@dataclass(frozen=True, slots=True)
class Named:
    """A document as references name it."""

    id: str
    path: str
    title: str
    type: str


def resolve(
    reference: str,
    documents: Sequence[Named],
    load: Callable[[str], Document],
    bates: Callable[[str], Iterable[Place]],
) -> list[Place]:
    """Places that `reference` points at; empty if it cannot be told.

    `load` gives a document by id, `bates` every page stamped with a number.
    """
    reference = reference.strip().rstrip(".;,")
    numbered = _BATES.fullmatch(reference)
    if numbered and (pages := _bates_pages(numbered, bates)):
        return pages
    pin = _PIN.fullmatch(reference)
    named = _named(pin["title"] if pin else reference, documents)
    if len(named) != 1:
        return []
    document = load(named[0].id)
    if pin is None:
        return [Place(document.id, 0, len(document.text))]
    return [Place(document.id, span.start, span.end) for span in _pinned(pin, document)]


def _bates_pages(numbered: re.Match[str], bates: Callable[[str], Iterable[Place]]) -> list[Place]:
    first = numbered["first"]
    last = numbered["last"] or first
    last = first[: len(first) - len(last)] + last  # "HARBOR000123-125"
    if not 0 <= int(last) - int(first) < 1000:
        return []
    labels = [f"{numbered['prefix']}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]
    return [place for label in labels for place in bates(label)]


def _named(title: str, documents: Sequence[Named]) -> list[Named]:
    """The documents that a short title can mean: by file name, else by all its words in title, type or file name."""
    wanted = title.strip().casefold()
    by_name = [d for d in documents if wanted in (PurePath(d.path).name.casefold(), PurePath(d.path).stem.casefold())]
    if by_name:
        return by_name
    words = {_SHORT.get(word, word) for word in _WORDS.findall(wanted)} - {"the", "of", "ex", "exhibit"}
    if not words:
        return []
    by_words = [d for d in documents if words <= _words_of(d)]
    closest = (  # "Lease" is the lease and not its amendments
        [d for d in by_words if words == {d.type}],
        [d for d in by_words if words == set(_WORDS.findall(d.title.casefold()))],
    )
    return next((found for found in closest if len(found) == 1), by_words)


def _words_of(document: Named) -> set[str]:
    return set(_WORDS.findall(f"{document.title} {document.type} {PurePath(document.path).stem}".casefold()))


def _pinned(pin: re.Match[str], document: Document) -> list[Span]:
    if pin["section"]:
        return _section(document, pin["section"].rstrip("."))
    if pin["paragraph"]:
        return _paragraph(document, int(pin["paragraph"]))
    if pin["page1"]:
        return _lines(document, pin)
    return _pages(document, pin["page"], pin["last"] or pin["page"])


def _section(document: Document, number: str) -> list[Span]:
    """The section of that number, however its heading writes it; "4.2(a)" is the whole of 4.2 if (a) is no heading."""
    for wanted in (number, number.split("(")[0]):
        found = [section for section in document.sections if _bare(section.number) == _bare(wanted)]
        if found:
            return [Span(found[0].start, found[0].end)] if len(found) == 1 else []
    return []


def _bare(number: str) -> str:
    """ "Section 4.2." → "4.2"."""
    return re.sub(r"(?i)^(?:section|sec\.|article|art\.|§+)\s*", "", number).strip(" .").casefold()


def _paragraph(document: Document, number: int) -> list[Span]:
    starts = [m.start() for m in re.finditer(rf"(?m)^[ \t]*{number}\.\s", document.text)]
    if len(starts) != 1:
        return []
    after = re.compile(rf"(?m)^[ \t]*{number + 1}\.\s").search(document.text, starts[0])
    return [Span(starts[0], after.start() if after else len(document.text))]


def _labelled(document: Document, label: str) -> Page | None:
    pages = [page for page in document.pages if page.label.casefold() == label.casefold()]
    return pages[0] if len(pages) == 1 else None


def _pages(document: Document, first: str, last: str) -> list[Span]:
    start, end = _labelled(document, first), _labelled(document, last)
    if not document.paged or start is None or end is None or end.number < start.number:
        return []
    return [Span(start.start, end.end)]


def _lines(document: Document, pin: re.Match[str]) -> list[Span]:
    """Transcript lines: each printed line begins with its number."""
    start = _line(document, pin["page1"], int(pin["line1"]))
    end = _line(document, pin["page2"] or pin["page1"], int(pin["line2"] or pin["line1"]))
    return [Span(start.start, end.end)] if start and end and start.start <= end.start else []


def _line(document: Document, label: str, number: int) -> Span | None:
    page = _labelled(document, label)
    if page is None:
        return None
    text = document.text[page.start : page.end]
    found = [m for m in re.finditer(r"(?m)^[ \t]*(\d{1,2})\b.*$", text) if int(m[1]) == number]
    return Span(page.start + found[0].start(), page.start + found[0].end()) if len(found) == 1 else None
