"""Spreadsheets (.xlsx through openpyxl, .csv): each sheet a page of its own, each row a line.

Cells show what the spreadsheet shows: values that Excel computed last, in their number formats; a formula that nobody
has computed stands there itself. Rows and columns that the sheet hides come after those of their page that it shows. A
long sheet takes several pages under its name.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.formats import cells, embedded, locked, office
from legalqa.ingest.formats.cellformat import shown
from legalqa.ingest.formats.written import Written, one_line, row_text
from legalqa.ingest.items import Item, Opened, PageRead
from legalqa.ingest.kinds import kind_of
from legalqa.values.document import Page

_ROWS = 400  # of a page
_EMPTY = 200  # empty rows in a row, after which a sheet is taken to be at its end
_COMMENTS = re.compile(r"xl/(?:comments/?|threadedComments/)[^/]{0,100}\.xml")
_FIELD = 1 << 20  # characters of a field of a .csv file


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row that are shown, or all if it is hidden; and what hidden columns hold, (column, cell, text)."""

    cells: list[str]
    hidden: bool = False
    beside: tuple[tuple[int, str, str], ...] = ()


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
        label, rows = one_line(sheet.title)[:40], list[_Row]()
        for row in _rows(sheet):
            left -= len(row.cells) + len(row.beside)
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


def _rows(sheet: Any) -> Iterator[_Row]:
    """Rows that show something, without the empty cells after the last; a blank one between groups stays blank."""
    sheet.reset_dimensions()  # what a file claims may be a million rows
    aside = cells.aside(sheet._get_source)
    shows = sheet.sheet_state == "visible"  # of a hidden sheet every row is hidden
    empty = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        said = [shown(cell.value, getattr(cell, "number_format", None)) for cell in row]
        if aside.formulas:
            said = [words or aside.formulas.get((number, column), "") for column, words in enumerate(said, 1)]
        while said and not said[-1].strip():
            said.pop()
        empty = 0 if said else empty + 1
        if empty > _EMPTY:
            return
        if said and shows and number in aside.rows:
            yield _Row(said, hidden=True)
        elif said and shows and aside.columns:
            yield _divided(said, number, aside.columns)
        elif said or empty == 1:
            yield _Row(said)


def _divided(said: list[str], number: int, columns: set[int]) -> _Row:
    """A row without what stands in hidden columns, and that."""
    seen = [words for column, words in enumerate(said, 1) if column not in columns]
    beside = [
        (column, f"{cells.letters(column)}{number}", words)
        for column, words in enumerate(said, 1)
        if column in columns and words.strip()
    ]
    return _Row(seen if any(words.strip() for words in seen) else [], beside=tuple(beside))


def _written(label: str, rows: list[_Row], hidden: str) -> Iterator[tuple[str, Written]]:
    """A sheet as pages; groups of rows that blank rows part are tables of their own."""
    rows = rows or [_Row([])]
    header = ""
    for start in range(0, len(rows), _ROWS):
        written, page = Written(), rows[start : start + _ROWS]
        for blank, group in itertools.groupby((r.cells for r in page if not r.hidden), key=lambda row: not row):
            lines = [] if blank else [row_text(row) for row in group]
            if not lines:
                header = ""
            elif max(line.count(" | ") for line in lines) == 0:
                written.paragraph("\n".join(lines))
            else:
                header = header or next(line for line in lines if " | " in line)
                with written.region("table", header):
                    written.put("\n".join(lines) + "\n\n")
        _beside(page, written)
        if hidden:
            whole = Written()
            with whole.region("hidden", hidden):
                whole.append(written)
            written = whole
        yield label, written


def _beside(rows: list[_Row], written: Written) -> None:
    """What a page of a sheet does not show, after what it shows: hidden rows, then hidden columns cell by cell."""
    for unseen, group in itertools.groupby(rows, key=lambda row: row.hidden):
        if unseen:
            with written.region("hidden", "hidden row"):
                written.paragraph("\n".join(row_text(row.cells) for row in group))
    columns = sorted((column, cell, words) for row in rows for column, cell, words in row.beside)
    for _, found in itertools.groupby(columns, key=lambda one: one[0]):
        with written.region("hidden", "hidden column"):
            written.paragraph("\n".join(row_text((cell, words)) for _, cell, words in found))


def _csv(file: Path, context: Context) -> Iterator[Item]:
    from legalqa.ingest.formats import text

    content = text.content(file).removeprefix("\ufeff")
    limits.too_long(len(content))
    csv.field_size_limit(_FIELD)
    try:
        pages = list(_written("", [_Row(row) for row in _fields(content)], ""))
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
