"""The text layer of a PDF page → its text, words, lines and regions."""

from __future__ import annotations

from dataclasses import dataclass

from legalqa.ingest.items import Line
from legalqa.ingest.layout import Piece, compose, ordered
from legalqa.ingest.pdf import PdfPage
from legalqa.values.document import Region, Word


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What the file itself says stands on the page; spans count from the beginning of `text`.

    `pieces` are all words of the file as they were found, hidden ones among them.
    """

    text: str
    words: tuple[Word, ...]
    pieces: list[Piece]
    lines: tuple[Line, ...] = ()
    regions: tuple[Region, ...] = ()


def read(page: PdfPage) -> TextLayer:
    """The text layer of a page, in reading order."""
    page.settle()
    pieces = page.pieces()
    text, words = compose(ordered(pieces))
    return TextLayer(text, words, pieces)
