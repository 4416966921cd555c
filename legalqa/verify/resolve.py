"""What a reference in a brief points at: Bates numbers, "Lease § 4.2", "Lease at 12", "Doe Dep. 45:12-46:3".

One match or unresolved: a reference that could mean two places means none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from legalqa.values.document import Document, Page, Section, Span
from legalqa.verify.record import Place

_BATES = re.compile(
    r"(?P<prefix>[A-Za-z][A-Za-z_. -]*?)[ _-]?(?P<first>\d{3,})(?:\s*-\s*(?:[A-Za-z_. ]*)(?P<last>\d+))?"
)
_PIN = re.compile(
    r"(?P<title>.+?)[,\s]+(?:"
    r"§§?\s*(?P<section>[\w.()]+)"
    r"|¶¶?\s*(?P<paragraph>\d+)"
    r"|(?:ex|exh|exhibit|sched|schedule)\.?\s+(?P<exhibit>[\w-]{1,6})(?:,?\s+at\s+(?P<within>\w+))?"
    r"|(?P<page1>\d+):(?P<line1>\d+)(?:\s*-\s*(?:(?P<page2>\d+):)?(?P<line2>\d+))?"
    r"|(?:at|p\.|pp\.|page|pages)\s*(?P<page>\w+)(?:\s*-\s*(?P<last>\w+))?"
    r")",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[a-z0-9]+")
_EXHIBIT = re.compile(
    r"(?:ex|exh|exhibit)\.?\s+(?P<name>[\w-]{1,6})(?:,?\s+at\s+(?P<page>\w+)(?:-(?P<last>\w+))?)?", re.I
)
_SHORT = {"dep": "transcript", "tr": "transcript", "compl": "complaint", "am": "amendment", "amend": "amendment"}


@dataclass(frozen=True, slots=True)
class Named:
    """A document as references name it."""

    id: str
    path: str
    title: str
    type: str
    sections: tuple[Section, ...] = ()


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
    exhibit = _EXHIBIT.fullmatch(reference)
    if exhibit and (found := _exhibit(exhibit, documents, load)) is not None:
        return found
    pin = _PIN.fullmatch(reference)
    named = _named(pin["title"] if pin else reference, documents)
    if len(named) != 1:
        return []
    document = load(named[0].id)
    if pin is None:
        return [Place(document.id, 0, len(document.text))]
    return [Place(document.id, span.start, span.end) for span in _pinned(pin, document)]


def within(reference: str, document: Document) -> list[Span]:
    """The one place of a document that a cite without a title means ("§ 4.2", "¶ 12", "45:3-17"); empty if none."""
    pin = _PIN.fullmatch(f"here {reference.strip()}")
    return _pinned(pin, document) if pin else []


def _bates_pages(numbered: re.Match[str], bates: Callable[[str], Iterable[Place]]) -> list[Place]:
    first = numbered["first"]
    last = numbered["last"] or first
    last = first[: len(first) - len(last)] + last  # "HARBOR000123-125"
    if not 0 <= int(last) - int(first) < 1000:
        return []
    labels = [f"{numbered['prefix']}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]
    found = [list(bates(label)) for label in labels]
    if (
        last != first
        and all(len(pages) == 1 for pages in found)
        and len({pages[0].document_id for pages in found}) == 1
    ):
        return [Place(found[0][0].document_id, found[0][0].start, found[-1][0].end)]  # a range is one place
    return [place for pages in found for place in pages]


def _exhibit(named: re.Match[str], documents: Sequence[Named], load: Callable[[str], Document]) -> list[Place] | None:
    """ "Ex. A": the file of that name, or the exhibit of that name inside a file; None if there is neither."""
    wanted = named["name"].casefold()
    files = [one for one in documents if _is_exhibit(f"{PurePath(one.path).stem} {one.title}", wanted)]
    inside = [
        (one, section)
        for one in documents
        for section in one.sections
        if one not in files and _is_exhibit(f"{section.number} {section.title}", wanted, at_start=True)
    ]
    if len(files) + len(inside) != 1:
        return [] if files or inside else None
    if inside:
        (one, section) = inside[0]
        return [] if named["page"] else [Place(one.id, section.start, section.end)]
    document = load(files[0].id)
    if not named["page"]:
        return [Place(document.id, 0, len(document.text))]
    pages = _pages(document, named["page"], named["last"] or named["page"])
    return [Place(document.id, span.start, span.end) for span in pages]


def _is_exhibit(text: str, name: str, *, at_start: bool = False) -> bool:
    words = re.findall(r"[a-z0-9-]+", text.casefold())
    pairs = list(pairwise(words))
    return any(
        first in ("exhibit", "ex", "exh") and second == name for first, second in pairs[: 1 if at_start else None]
    )


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
        [d for d in by_words if _begins(PurePath(d.path).stem, title)],  # and not the reply to it
    )
    return next((found for found in closest if len(found) == 1), by_words)


def _begins(name: str, title: str) -> bool:
    """Whether the file is called so, and a date or so follows; of a single word that would be a guess."""
    return " " in title.strip() and name.casefold().startswith(title.strip().casefold())


def _words_of(document: Named) -> set[str]:
    return set(_WORDS.findall(f"{document.title} {document.type} {PurePath(document.path).stem}".casefold()))


def _pinned(pin: re.Match[str], document: Document) -> list[Span]:
    if pin["section"]:
        return _section(document, pin["section"].rstrip("."))
    if pin["paragraph"]:
        return _paragraph(document, int(pin["paragraph"]))
    if pin["page1"]:
        return _lines(document, pin)
    if pin["exhibit"]:
        return [] if pin["within"] else _part(document, pin["exhibit"].casefold())
    return _pages(document, pin["page"], pin["last"] or pin["page"])


def _section(document: Document, number: str) -> list[Span]:
    """The section of that number, however its heading writes it; "4.2(a)" is the whole of 4.2 if (a) is no heading."""
    for wanted in (number, number.split("(")[0]):
        found = [section for section in document.sections if _bare(section.number) == _bare(wanted)]
        if found:
            return [Span(found[0].start, found[0].end)] if len(found) == 1 else []
    return []


def _part(document: Document, name: str) -> list[Span]:
    """The exhibit or schedule of that name inside a document."""
    found = []
    for section in document.sections:
        words = re.findall(r"[a-z0-9-]+", f"{section.number} {section.title}".casefold())
        if words[:1] in (["exhibit"], ["schedule"]) and words[1:2] == [name]:
            found.append(Span(section.start, section.end))
    return found if len(found) == 1 else []


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
    """Printed lines of a transcript or of a pleading on numbered paper."""
    start = _line(document, pin["page1"], int(pin["line1"]))
    end = _line(document, pin["page2"] or pin["page1"], int(pin["line2"] or pin["line1"]))
    return [Span(start.start, end.end)] if start and end and start.start <= end.start else []


def _line(document: Document, label: str, number: int) -> Span | None:
    """The one line of that page and number: as ingestion found it, else the one whose text begins with the number."""
    page = _labelled(document, label)
    named = (f"{label}:{number}", str(number))
    within = [
        region
        for region in document.regions_of(0, len(document.text), "line")
        if region.detail == named[0]
        or (region.detail == named[1] and page and page.start <= region.start and region.end <= page.end)
    ]
    if within:
        return Span(within[0].start, within[0].end) if len(within) == 1 else None
    if page is None or document.regions_of(page.start, page.end, "line"):
        return None
    text = document.text[page.start : page.end]
    found = [m for m in re.finditer(r"(?m)^[ \t]*(\d{1,2})\b.*$", text) if int(m[1]) == number]
    return Span(page.start + found[0].start(), page.start + found[0].end()) if len(found) == 1 else None
