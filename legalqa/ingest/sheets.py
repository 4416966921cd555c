"""Spreadsheets (.xlsx through openpyxl, .csv): each sheet a page of its own, each row a line.

The only module that knows openpyxl. Cells show what the spreadsheet shows: values that Excel computed last, in their
number formats. A long sheet takes several pages under its name.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from legalqa.ingest import embedded, limits, locked, office, typeset
from legalqa.ingest.cellformat import shown
from legalqa.ingest.context import Context
from legalqa.ingest.items import Item, Opened, PageRead
from legalqa.ingest.kinds import kind_of
from legalqa.ingest.written import Written, one_line, row_text
from legalqa.values.document import Page

_ROWS = 400  # of a page
_EMPTY = 200  # empty rows in a row, after which a sheet is taken to be at its end
_COMMENTS = re.compile(r"xl/(?:comments/?|threadedComments/)[^/]{0,100}\.xml")
_FIELD = 1 << 20  # characters of a field of a .csv file


def read(file: Path, context: Context) -> Iterator[Item]:
    """A workbook or a .csv file. Raises Refusal, OSError."""
    if kind_of(file) == "csv":
        yield from _csv(file, context)
        return
    with locked.opened(file, context, "workbook") as stream:
        yield from of_stream(stream, context)


def of_stream(stream: BinaryIO, context: Context) -> Iterator[Item]:
    """A workbook from an open file without a password."""
    office.refuse_bomb(stream, "workbook")
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        pages = [*_pages(book), *_comments(stream)]
        title = one_line(book.properties.title or "")[:200]
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError,
            zipfile.BadZipFile) as error:  # fmt: skip
        raise limits.Refusal("failed", f"the workbook is damaged ({type(error).__name__})") from None
    yield Opened(len(pages), paged=True, separator="\n\n", title=title)
    for number, (label, written) in enumerate(pages, 1):
        if number not in context.skip:
            yield typeset.sheet(number, label, written) if written else _unread(number, label)
    yield from embedded.parts(stream, context)


def _pages(book: Any) -> Iterator[tuple[str, Written | None]]:
    """Label and text of every page; no text where the limit of cells is reached, and nothing after that."""
    left = limits.CELLS
    for sheet in book.worksheets:
        label, rows = one_line(sheet.title)[:40], list[list[str]]()
        for row in _rows(sheet):
            left -= len(row)
            if left < 0:
                break
            rows.append(row)
        yield from _written(label, rows, "hidden sheet" if sheet.sheet_state != "visible" else "")
        if left < 0:
            yield label, None
            return


def _comments(stream: BinaryIO) -> Iterator[tuple[str, Written]]:
    """The comments on cells, on a page of their own after the sheets: no page of the workbook shows them."""
    from openpyxl.xml.functions import fromstring

    written = Written()
    with zipfile.ZipFile(stream) as archive:
        for name in sorted(archive.namelist()):
            if not _COMMENTS.fullmatch(name):
                continue
            for element in fromstring(archive.read(name)).iter():
                if element.tag.rpartition("}")[2] in ("comment", "threadedComment"):
                    said = one_line(" ".join(inner.text or "" for inner in element.iter() if inner.text))
                    with written.region("hidden", f"comment on cell {element.get('ref', '')}"):
                        written.paragraph(said)
    if written.length:
        yield "comments", written


def _unread(number: int, label: str) -> PageRead:
    """The page that stands for what is beyond the limit."""
    reason = f"the workbook goes on, but no more than {limits.CELLS:,} cells of it are read"
    return PageRead(Page(number, label, "failed", 0, 0, typeset.WIDTH, typeset.HEIGHT, reason=reason), "")


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Rows that show something, without the empty cells after the last; a blank one between groups stays blank."""
    sheet.reset_dimensions()  # what a file claims may be a million rows
    empty = 0
    for row in sheet.iter_rows():
        cells = [shown(cell.value, getattr(cell, "number_format", None)) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        empty = 0 if cells else empty + 1
        if empty > _EMPTY:
            return
        if cells or empty == 1:
            yield cells


def _written(label: str, rows: list[list[str]], hidden: str) -> Iterator[tuple[str, Written]]:
    """A sheet as pages; groups of rows that blank rows part are tables of their own."""
    rows = rows or [[]]
    header = ""
    for start in range(0, len(rows), _ROWS):
        written = Written()
        for blank, group in itertools.groupby(rows[start : start + _ROWS], key=lambda row: not row):
            lines = [] if blank else [row_text(row) for row in group]
            if not lines:
                header = ""
            elif max(line.count(" | ") for line in lines) == 0:
                written.paragraph("\n".join(lines))
            else:
                header = header or next(line for line in lines if " | " in line)
                with written.region("table", header):
                    written.put("\n".join(lines) + "\n\n")
        if hidden:
            whole = Written()
            with whole.region("hidden", hidden):
                whole.append(written)
            written = whole
        yield label, written


def _csv(file: Path, context: Context) -> Iterator[Item]:
    from legalqa.ingest import text

    content = text.content(file).removeprefix("\ufeff")
    limits.too_long(len(content))
    csv.field_size_limit(_FIELD)
    try:
        pages = list(_written("", list(_fields(content)), ""))
    except csv.Error:
        raise limits.Refusal("failed", "the file is not divided into fields as a .csv file is") from None
    joined = Written()
    for _, page in pages:
        joined.append(page)
    yield from typeset.reads(joined.text or "\n", Opened(0, paged=False), joined.regions, context.skip)


def _fields(content: str) -> Iterator[list[str]]:
    head = content[:8192]
    delimiter = max(",;\t|", key=lambda mark: _evenness(head, mark))
    rows: Iterable[list[str]] = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    left = limits.CELLS
    for row in rows:
        left -= len(row)
        if left < 0:
            raise limits.Refusal("failed", f"the file holds more than {limits.CELLS:,} fields and was not read")
        while row and not row[-1].strip():
            row.pop()
        yield row


def _evenness(head: str, mark: str) -> float:
    """How many columns the mark makes, if it makes as many in most lines."""
    counts = [line.count(mark) for line in head.splitlines()[:-1] or head.splitlines() if line.strip()]
    if not counts:
        return 0
    usual = max(set(counts), key=counts.count)
    return usual * counts.count(usual) / len(counts)
