"""What of a document's text lies between two places of its pages; it works on scans, by the words that were read."""

from __future__ import annotations

from dataclasses import dataclass

from legalqa.values.document import Document
from legalqa.values.words import Word
from ui.pagemarks import Point

Span = tuple[int, int]
_OUT_OF_LINE = 4.0  # a word in another line is that much farther away than it is in points


@dataclass(frozen=True, slots=True)
class Opened:
    """What of a document is before the reader: the page, counted from 1, and the words that are selected, if any."""

    document: Document
    page: int
    selected: Span | None = None


def nearest(document: Document, point: Point) -> Word | None:
    """The word under the point, or the nearest one of its page; None on a page without words."""

    def far(word: Word) -> float:
        across = max(word.x0 - point.x, 0.0, point.x - word.x1)
        down = max(word.y0 - point.y, 0.0, point.y - word.y1) * _OUT_OF_LINE
        return across * across + down * down

    return min(document.pages[point.page - 1].words, key=far, default=None)


def between(document: Document, one: Point, other: Point) -> Span | None:
    """Offsets of the words from one place to another, whichever comes first; None if there are none."""
    words = [word for word in (nearest(document, one), nearest(document, other)) if word is not None]
    return (min(word.start for word in words), max(word.end for word in words)) if len(words) == 2 else None
