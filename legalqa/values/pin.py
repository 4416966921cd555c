"""Pin cites: how a place is named to a court, "45:12–46:3", "p. iv (page 4 of the file)", "sheet Rent Roll"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from legalqa.values import reading
from legalqa.values.answer import CheckedCitation, Passage
from legalqa.values.document import Document, Page

_PAGES, _SHEETS, _SLIDES = ("p.", "pp."), ("sheet", "sheets"), ("slide", "slides")
_NAMES = dict.fromkeys(("xlsx", "xls", "ods"), _SHEETS) | dict.fromkeys(("pptx", "ppt", "odp"), _SLIDES)
_COMMENT = "comment on cell"  # how the reader of workbooks calls what stands on no sheet


@dataclass(frozen=True, slots=True)
class Pin:
    """Where a span stands, as its document counts.

    `lines` are printed lines as "page:line", `labels` the page numbers as printed, `note` the mark of the footnote
    that holds it, `text` all of it as a reader cites it, "" in a file without pages of its own.
    """

    lines: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    note: str = ""
    text: str = ""


def pin(document: Document, start: int, end: int) -> Pin:
    """The pin cite of ``document.text[start:end]``. Running heads and page numbers inside it count for nothing."""
    spans = reading.pieces_of(document, start, end)
    pages = tuple(dict.fromkeys(page for span in spans for page in document.pages_of(span.start, span.end)))
    lines = lines_of(document, start, end)
    labels = tuple(page.label or str(page.number) for page in pages)
    note = _note(document, start, end)
    if lines:
        text = line_range(lines)
    elif document.paged and pages:
        text = _comment(document, start, end) or page_range(pages, document.kind)
    else:
        text = ""
    return Pin(lines, labels, note, f"{text} n.{note}" if text and note and not lines else text)


def words(cited: Passage | CheckedCitation) -> str:
    """The pin cite of a place found before, "p. 12" where it came without one; "" where no page should be named."""
    if cited.pin or not cited.paged or not cited.pages:
        return cited.pin
    first, last = cited.pages[0], cited.pages[-1]
    return f"p. {first}" if first == last else f"pp. {first}–{last}"


def lines_of(document: Document, start: int, end: int) -> tuple[str, ...]:
    """The printed lines that hold any word of the span, each as "page:line".

    () if part of it stands on none, or on a sheet that bears the same number twice, as one with several pages on it.
    """
    found = []
    for page in document.pages_of(start, end):
        numbers = [region.detail for region in document.regions_of(page.start, page.end, "line")]
        if len(set(numbers)) < len(numbers):
            return ()
    for region in sorted(document.regions_of(start, end, "line"), key=lambda one: one.start):
        words = document.text[max(region.start, start) : min(region.end, end)]
        if words.strip():
            holding = document.pages_of(region.start, region.end)[:1]
            label = "".join(page.label or str(page.number) for page in holding)
            found.append((region, region.detail if ":" in region.detail else f"{label}:{region.detail}"))
    outside = start
    for region, _ in found:
        if _says_something(document, outside, region.start):
            return ()
        outside = max(outside, region.end)
    return () if _says_something(document, outside, end) else tuple(dict.fromkeys(name for _, name in found))


def line_range(lines: Sequence[str]) -> str:
    """ "45:12", "45:12–15" or "45:12–46:3"."""
    first, last = lines[0], lines[-1]
    if first == last:
        return first
    page, _, line = last.rpartition(":")
    return f"{first}–{line if first.rpartition(':')[0] == page else last}"


def page_name(page: Page, kind: str) -> str:
    """ "p. 12"; "sheet Rent Roll" in a workbook, "slide 3" in a presentation."""
    return f"{_NAMES.get(kind, _PAGES)[0]} {page.label or page.number}"


def page_range(pages: Sequence[Page], kind: str = "pdf") -> str:
    """ "p. 12", "pp. 12–14", "slides 3–4"; with "(page 4 of the file)" where the printed number is another.

    Sheets go by their names alone; a long one is several pages of one name.
    """
    one, several = _NAMES.get(kind, _PAGES)
    labels = [page.label or str(page.number) for page in pages]
    if kind in _NAMES:
        labels = list(dict.fromkeys(labels))
    printed = f"{one} {labels[0]}" if len(labels) == 1 else f"{several} {labels[0]}–{labels[-1]}"
    if kind in _NAMES or all(label == str(page.number) for label, page in zip(labels, pages, strict=True)):
        return printed
    first, last = pages[0].number, pages[-1].number
    return f"{printed} ({f'page {first}' if first == last else f'pages {first}–{last}'} of the file)"


def _says_something(document: Document, start: int, end: int) -> bool:
    """Whether anything but white space and furniture stands in ``[start, end)``."""
    if start >= end:
        return False
    near = document.regions_of(start, end)
    return bool(reading.Reading(document.text[start:end], near, offset=start).pieces(start, end))


def _comment(document: Document, start: int, end: int) -> str:
    """The cell whose comment the span stands in: the page of a workbook's comments is no sheet of it."""
    for region in document.regions_of(start, end, "hidden"):
        if region.detail.startswith(_COMMENT):
            if region.start <= start and end <= region.end:
                return region.detail
            page = document.pages_of(region.start, region.end)[0]
            return "comments on cells" if page.start <= start else ""
    return ""


def _note(document: Document, start: int, end: int) -> str:
    """The mark of the one footnote that the whole span stands in, else ""."""
    notes = [note for note in document.regions_of(start, end, "footnote") if note.start <= start and end <= note.end]
    return notes[0].detail if len(notes) == 1 else ""
