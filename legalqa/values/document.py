"""A document as it was read: its text, and where on which page every word of it stands.

Offsets are Python string indices (code points) into `Document.text`, half-open ``[start, end)``. Boxes are in PDF
points (1/72 inch) from the top-left corner of the page *as it is displayed* (CropBox and /Rotate applied, and for a
scan that lay on its side, the page as it was filed: boxes follow the picture on screen, not the turned copy that was
read). Page numbers are physical and start at 1.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from legalqa.values.words import Word as Word
from legalqa.values.words import Words

PageSource = Literal["text", "ocr", "blank", "failed"]
RegionKind = Literal[
    "header",
    "footer",
    "stamp",
    "line_number",
    "footnote",
    "contents",
    "table",
    "signature",
    "line",
    "hidden",
    "instruction",
]
FURNITURE: frozenset[RegionKind] = frozenset(("header", "footer", "stamp", "line_number"))  # no part of any sentence
FileState = Literal["indexed", "duplicate", "failed", "encrypted", "unsupported", "changed", "missing"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``[start, end)`` of a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the displayed page's top-left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Its text is ``document.text[start:end]``; a failed page keeps its number, with a `reason`.

    A tuple of words that a page is made with is packed.
    """

    number: int
    label: str
    source: PageSource
    start: int
    end: int
    width: float
    height: float
    words: Words | tuple[Word, ...] = ()
    confidence: float | None = None
    bates: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", Words.of(self.words, self.start))


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part. `path` is the whole way down, outermost first: ("ARTICLE 4 RENT", "4.2 Late Charges")."""

    number: str
    title: str
    level: int
    start: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the text with a role of its own. Regions of different kinds may overlap.

    ======================== ============================================================ ===========================
    kind                     what it covers                                               detail
    ======================== ============================================================ ===========================
    header, footer           running heads and feet, page numbers in the text             ""
    stamp                    Bates numbers, court filing stamps                           ""
    line_number              a printed line number that stands in the text                ""
    line                     one printed line of a line-numbered page, without its number its number, "12"
    footnote                 a note at the foot of a page                                 its mark, "3"
    contents                 a table of contents or of authorities                        ""
    table                    a table; its rows are lines, its cells parted by " | "       its header row, as in the text
    signature                a signature block                                            ""
    hidden                   text that a reader of the page cannot see                    why: "white", "tiny", …
    instruction              words that give orders to a machine, not to a reader         by which signs
    ======================== ============================================================ ===========================
    """

    kind: RegionKind
    start: int
    end: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A defined term, and the sentence or clause ``[start, end)`` that defines it."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Metadatum:
    """One thing that a document says of itself, and where: ("party", "Harbor Foods, Inc.", 120, 138).

    ================ =============================================================================================
    field            value
    ================ =============================================================================================
    title, type      as in `Document`
    date             as in `Document`: ISO 8601 day
    party            a party's name, for an e-mail a sender's or addressee's
    governing_law    the law that the document says to be governed by
    signatory        who signs
    deponent         who is examined
    examiner         who examines
    amends           title, with its date, of the document that this one amends
    replaces         a section of that document which is replaced, deleted or amended: "Section 11.3"
    exhibit          an exhibit or schedule that is attached
    bates            a Bates number repaired by its neighbours
    message_id       of an e-mail
    in_reply_to      the message_id of the e-mail that it answers
    sent             when it was sent, ISO 8601 with its offset from UTC
    tracked_changes  that a file holds tracked changes, and how they were read
    repaired         that a file was damaged, and how it was opened
    ================ =============================================================================================

    ``start == end == 0`` means that the file's own properties say so, not its text.
    """

    field: str
    value: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences that stand for ``Document.sections[section]``, copied from it, in the order of the text.

    A document without sections is one section, at position 0.
    """

    section: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The headings of a document: the title of each section that has one, by its `path`; how many children it has."""

    children: int
    titles: dict[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span that is indexed. Children (`parent_id` set) are searched; the parent is what a reader is shown.

    Text that a reader of the page cannot see stands in chunks of its own, `hidden`: found only when asked for.
    """

    id: str
    start: int
    end: int
    parent_id: str | None
    section: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk looked up in a matter, with the document that it was cut from: ``text == document.text[start:end]``."""

    document_id: str
    chunk: Chunk
    text: str
    title: str = ""  # the document's


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that was read from one file.

    `id` is a UUID derived from the content's SHA-256, so that the same bytes are the same document wherever they
    lie. `parent_id` is the document that this one came in: the e-mail of an attachment, the archive of a file; its
    `path` is then the container's path with the name inside it appended. `paged` says that the file itself has pages
    (PDF, or text with form feeds): otherwise the pages are ours,
    made only to show the text, and no citation should name them to a court.
    """

    id: str
    path: str
    sha256: str
    kind: str  # "pdf", "txt", "eml", "docx", …: see ingest/kinds.py
    title: str
    type: str  # "lease", "amendment", "nda", "transcript", "order", "email", "letter", "invoice", …, "other"
    date: str | None  # ISO 8601 day
    parties: tuple[str, ...]
    paged: bool
    text: str
    pages: tuple[Page, ...]
    sections: tuple[Section, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    regions: tuple[Region, ...] = ()
    definitions: tuple[Definition, ...] = ()
    metadata: tuple[Metadatum, ...] = ()
    parent_id: str | None = None

    def pages_of(self, start: int, end: int) -> tuple[Page, ...]:
        """The pages that hold any character of ``[start, end)``."""
        first = bisect_right(self.pages, start, key=lambda page: page.end)
        last = bisect_left(self.pages, end, key=lambda page: page.start)
        return tuple(page for page in self.pages[first:last] if max(page.start, start) < min(page.end, end))

    def words_of(self, start: int, end: int) -> Iterator[tuple[Page, Word]]:
        """Every word that shares a character with ``[start, end)``, with its page."""
        for page in self.pages_of(start, end):
            for word in Words.of(page.words).within(start, end):
                yield page, word

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """One rectangle for each line of words in ``[start, end)``, whichever way the line runs on the page.

        A slanting line of a scan gets several, so that none covers the line above or below it.
        """
        boxes: list[Box] = []
        tallest = 0.0
        for page, word in self.words_of(start, end):
            height = word.y1 - word.y0
            box = Box(page.number, word.x0, word.y0, word.x1, word.y1)
            last = boxes[-1] if boxes else None
            if last and last.page == page.number and _continues(last, word, max(tallest, height)):
                boxes[-1] = _union(last, box)
                tallest = max(tallest, height)
            else:
                boxes.append(box)
                tallest = height
        return tuple(boxes)

    def bates_of(self, start: int, end: int) -> tuple[str, ...]:
        """Bates numbers of the pages that hold ``[start, end)``."""
        return tuple(page.bates for page in self.pages_of(start, end) if page.bates)

    def section_of(self, start: int) -> tuple[str, ...]:
        """The path of the innermost section around the character, () outside any."""
        inner = [section for section in self.sections if section.start <= start < section.end]
        return max(inner, key=lambda section: section.level).path if inner else ()

    def regions_of(self, start: int, end: int, *kinds: RegionKind) -> tuple[Region, ...]:
        """Regions (of the kinds, or all) that share a character with ``[start, end)``, in the order of the text."""
        return tuple(r for r in self.regions if r.start < end and r.end > start and (not kinds or r.kind in kinds))

    def confidence_of(self, start: int, end: int) -> float | None:
        """The least certain OCR word of the span (0 to 100), None if no word of it was OCRed."""
        seen = [word.confidence for _, word in self.words_of(start, end) if word.confidence is not None]
        return min(seen) if seen else None


def _continues(line: Box, word: Word, tallest: float) -> bool:
    """Whether the word stands at an end of the line: beside it, or, where text runs up or down the page, above it."""
    width, height = word.x1 - word.x0, word.y1 - word.y0
    if height > width and line.y1 - line.y0 > line.x1 - line.x0:
        in_column = _shared(line.x0, line.x1, word.x0, word.x1) > 0.5
        return in_column and -2 < _gap(line.y0, line.y1, word.y0, word.y1) < 2 * width
    level = max(line.y1, word.y1) - min(line.y0, word.y0) < 1.5 * tallest
    beside = _gap(line.x0, line.x1, word.x0, word.x1) > -2
    return level and beside and _shared(line.y0, line.y1, word.y0, word.y1) > 0.5


def _union(a: Box, b: Box) -> Box:
    return Box(a.page, min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1))


def _shared(a0: float, a1: float, b0: float, b1: float) -> float:
    """How much of the shorter of two intervals lies in the other, 0 to 1."""
    return (min(a1, b1) - max(a0, b0)) / max(min(a1 - a0, b1 - b0), 0.1)


def _gap(a0: float, a1: float, b0: float, b1: float) -> float:
    """The room between two intervals, negative where they overlap."""
    return max(a0, b0) - min(a1, b1)
