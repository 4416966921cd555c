"""Text without pages, set on pages of our own, so that every word of it has a place that can be shown.

Letter pages, a grid of fixed cells: 90 columns of 6 points, 54 lines of 12 points, set in 10-point Courier. The text
itself is never changed: it is only said where each word of it stands. Pages tile the text: line ends belong to the
page before them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from legalqa.ingest import limits
from legalqa.ingest.formats.written import Written
from legalqa.ingest.items import Item, Opened, PageRead
from legalqa.values.document import Page, PageSource, Region, Word

WIDTH, HEIGHT = 612.0, 792.0
FONT_SIZE = 10.0
CELL, LEADING = 6.0, 12.0
COLUMNS, ROWS = 90, 54
LEFT, TOP = (WIDTH - COLUMNS * CELL) / 2, (HEIGHT - ROWS * LEADING) / 2
ASCENT = 9.5  # from the top of a line to its baseline
_TAB = 8
_TOKEN = re.compile(r"\r\n|[\n\r\x85\u2028\u2029\x0b]|\f|[^\S\n\r\x85\u2028\u2029\x0b\f]+|[^\s\ufeff]+|\ufeff")
_FORM_FEED = "\f"


def has_pages(text: str) -> bool:
    """Whether form feeds divide the text into pages (one at the very end divides nothing)."""
    return _FORM_FEED in text.strip("\f\r\n \t")


def pages_of(text: str) -> Iterator[tuple[Page, str]]:
    """The pages of a text, spans counted from each page's beginning; at least one page.

    With form feeds the pages are the file's own and grow as high as they must; otherwise they are ours.
    """
    own = not has_pages(text)
    setter = _Setter(ROWS if own else None)
    number, start = 1, 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        if setter.full() and not (token[0] in "\r\n" and setter.column):
            yield _page(number, text[start : match.start()], setter)
            number, start = number + 1, match.start()
            setter = _Setter(setter.rows)
        if token == _FORM_FEED and not own:
            yield _page(number, text[start : match.end()], setter)
            number, start = number + 1, match.end()
            setter = _Setter(None)
        else:
            setter.put(token, match.start() - start)
    if start < len(text) or number == 1:
        yield _page(number, text[start:], setter)


def reads(
    text: str, opened: Opened, regions: Sequence[Region] = (), skip: frozenset[int] = frozenset()
) -> Iterator[Item]:
    """A text without pages as the items of a file: `opened` with the number of pages, and the pages.

    A region that runs over the end of a page is divided there.
    """
    limits.too_long(len(text))
    pages = list(pages_of(text))
    yield msgspec.structs.replace(opened, pages=len(pages), paged=has_pages(text))
    ordered = sorted(regions, key=lambda region: region.start)
    open_regions: list[Region] = []
    at = first = 0
    for page, content in pages:
        end = at + len(content)
        while first < len(ordered) and ordered[first].start < end:
            open_regions.append(ordered[first])
            first += 1
        if page.number not in skip:
            yield PageRead(page, content, (), tuple(_clipped(open_regions, at, end)))
        open_regions = [region for region in open_regions if region.end > end]
        at = end


def sheet(number: int, label: str, written: Written) -> PageRead:
    """One page of a file that has pages but no place for anything on them: as high as its text."""
    text = written.text
    setter = _Setter(None)
    for match in _TOKEN.finditer(text):
        setter.put(match.group(), match.start())
    page, _ = _page(number, text, setter)
    return PageRead(replace(page, label=label or str(number)), text, (), tuple(written.regions))


def _clipped(regions: Sequence[Region], at: int, end: int) -> Iterator[Region]:
    for region in regions:
        start, stop = max(region.start, at), min(region.end, end)
        if start < stop:
            yield Region(region.kind, start - at, stop - at, region.detail)


class _Setter:
    """The pen: where the next word goes on the page being set."""

    def __init__(self, rows: int | None) -> None:
        self.rows = rows
        self.row = self.column = 0
        self.words: list[Word] = []

    def full(self) -> bool:
        return self.rows is not None and self.row >= self.rows

    def put(self, token: str, offset: int) -> None:
        if token[0] in "\n\r\x85\u2028\u2029\x0b\f":
            self.row, self.column = self.row + 1, 0
        elif token == "\ufeff":
            return
        elif token.isspace():
            for character in token:
                self.column += _TAB - self.column % _TAB if character == "\t" else 1
        else:
            self._word(token, offset)

    def _word(self, token: str, offset: int) -> None:
        if self.column and self.column + _cells(token) > COLUMNS:
            self.row, self.column = self.row + 1, 0
        while token:
            part = token if _cells(token) <= COLUMNS else _fitting(token)
            if self.column + _cells(part) > COLUMNS:
                self.row, self.column = self.row + 1, 0
            x0, y0 = LEFT + self.column * CELL, TOP + self.row * LEADING
            x1 = x0 + _cells(part) * CELL
            self.words.append(Word(offset, offset + len(part), x0, y0, x1, y0 + LEADING))
            self.column += _cells(part)
            token, offset = token[len(part) :], offset + len(part)


def _cells(token: str) -> int:
    if token.isascii():
        return len(token)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in token)


def _fitting(token: str) -> str:
    """As much of a word as a line holds."""
    used = 0
    for index, character in enumerate(token):
        used += _cells(character)
        if used > COLUMNS:
            return token[:index]
    return token


def _page(number: int, text: str, setter: _Setter) -> tuple[Page, str]:
    rows = setter.row + 1
    height = HEIGHT if rows <= ROWS else HEIGHT + (rows - ROWS) * LEADING
    words = tuple(setter.words)
    source: PageSource = "text" if words else "blank"
    return Page(number, str(number), source, 0, len(text), WIDTH, height, words), text
