"""The text layer of a PDF page → its text, words, lines and regions.

The text is in reading order: the body, its footnotes, the feet; tables as rows; at the end what a reader of the page
cannot see. Numbers printed in the margin leave the text and become the details of its lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from legalqa.ingest.items import Line
from legalqa.ingest.layout import columns, footnotes, hidden, margin
from legalqa.ingest.layout import lines as layout
from legalqa.ingest.layout import tables as ruled
from legalqa.ingest.layout.lines import Piece, Row
from legalqa.ingest.layout.pieces import turned, upright
from legalqa.ingest.pdf import PdfPage
from legalqa.values.document import Region, RegionKind, Word

_PLACE = "\ufffc"  # stands for a table while lines are put in order


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


@dataclass(slots=True)
class _Sheet:
    """The rows of a page so far, and regions over them: kind, first row, row after the last, detail."""

    rows: list[Row] = field(default_factory=list)
    regions: list[tuple[RegionKind, int, int, str]] = field(default_factory=list)
    headed: list[int] = field(default_factory=list)  # numbers of regions whose detail is the text of their first row

    def add(self, lines: Sequence[Sequence[Piece]], apart: str | None = None) -> None:
        """Put lines below; the first is parted from what stands above as said."""
        for number, line in enumerate(lines):
            self.rows.append(Row(line, None if number else apart))


def read(page: PdfPage) -> TextLayer:
    """The text layer of a page."""
    page.settle()
    pieces, unseen = hidden.hidden(page, page.pieces())
    rules = page.drawn.rules
    stood, width, height = pieces, page.width, page.height
    turn = _turn(pieces)
    if turn:
        stood = [upright(piece, turn, width, height) for piece in pieces]
        rules = [turned(rule, turn, width, height) for rule in rules]
        unseen = {id(now): unseen[id(was)] for now, was in zip(stood, pieces, strict=True) if id(was) in unseen}
        width, height = (height, width) if turn % 2 else (width, height)
    seen = [piece for piece in stood if id(piece) not in unseen]
    sheet = _Sheet()
    numbered = margin.runs(seen, rules)
    if numbered:
        _numbered(sheet, seen, rules, height, numbered)
    else:
        _plain(sheet, seen, rules, height)
    _unseen(sheet, stood, unseen)
    found = _composed(sheet, pieces)
    return _turned_back(found, turn, width, height) if turn else found


def _turn(pieces: Sequence[Piece]) -> int:
    """The quarter turns clockwise at which most of the page's text is set."""
    if not any(piece.turn for piece in pieces):
        return 0
    letters = Counter[int]()
    for piece in pieces:
        letters[piece.turn] += len(piece.text)
    return letters.most_common(1)[0][0]


def _turned_back(layer: TextLayer, turn: int, width: float, height: float) -> TextLayer:
    """The layer of a page of that size, which was turned to be read, with boxes on the page as it is displayed."""

    def back(box: Word | Line) -> tuple[float, float, float, float]:
        return turned((box.x0, box.y0, box.x1, box.y1), -turn % 4, width, height)

    words = tuple(Word(word.start, word.end, *back(word), word.confidence) for word in layer.words)
    lines = tuple(Line(line.start, line.end, *back(line), line.size, line.bold) for line in layer.lines)
    return replace(layer, words=words, lines=lines)


def _plain(sheet: _Sheet, pieces: Sequence[Piece], rules: Sequence[margin.Rectangle], height: float) -> None:
    """A page without margin numbers."""
    tables = ruled.tables(rules, pieces)
    aside: list[Piece] = []
    if any(piece.turn for piece in pieces):
        celled = {id(piece) for table in tables for piece in table.pieces()}
        aside = [piece for piece in pieces if piece.turn and id(piece) not in celled]
        pieces = [piece for piece in pieces if not piece.turn or id(piece) in celled]
    lines = columns.ordered(_with_places(pieces, tables) if tables else pieces)
    found = footnotes.parted(lines, rules, height)
    if any(piece.text.startswith(_PLACE) for note in found.notes for line in note.lines for piece in line):
        found = footnotes.Parted(list(lines), [], [])  # what stands around a table are no notes
    unruled = dict(ruled.aligned(found.body))
    skip = 0
    for number, line in enumerate(found.body):
        if number in unruled:
            skip = len(unruled[number].rows)
            _table(sheet, unruled[number])
        if skip:
            skip -= 1
        else:
            _line_or_table(sheet, line, tables)
    for number, note in enumerate(found.notes):
        first = len(sheet.rows)
        sheet.add(note.lines, None if number else "\n\n")
        sheet.regions.append(("footnote", first, len(sheet.rows), note.mark))
    for number, line in enumerate(found.feet):
        _line_or_table(sheet, line, tables, None if number else "\n\n")
    sheet.add(columns.ordered(aside), "\n\n")


def _with_places(pieces: Sequence[Piece], tables: Sequence[ruled.Table]) -> list[Piece]:
    """The pieces with one in the place of each table's."""
    home = {id(piece): number for number, table in enumerate(tables) for piece in table.pieces()}
    placed: set[int] = set()
    found: list[Piece] = []
    for piece in pieces:
        number = home.get(id(piece))
        if number is None:
            found.append(piece)
        elif number not in placed:
            placed.add(number)
            found.append(Piece(f"{_PLACE}{number}", *tables[number].box))
    return found


def _line_or_table(
    sheet: _Sheet, line: Sequence[Piece], tables: Sequence[ruled.Table], apart: str | None = None
) -> None:
    rest = [piece for piece in line if not piece.text.startswith(_PLACE)]
    after_table = bool(sheet.regions) and sheet.regions[-1][2] == len(sheet.rows) and sheet.regions[-1][0] == "table"
    if rest:
        sheet.add([rest], "\n\n" if after_table else apart)
    for piece in line:
        if not piece.text.startswith(_PLACE):
            continue
        _table(sheet, tables[int(piece.text[len(_PLACE) :])])


def _table(sheet: _Sheet, table: ruled.Table) -> None:
    first = len(sheet.rows)
    sheet.rows += ruled.rows_of(table)
    if table.headed:
        sheet.headed.append(len(sheet.regions))
    sheet.regions.append(("table", first, len(sheet.rows), ""))


def _numbered(
    sheet: _Sheet,
    pieces: Sequence[Piece],
    rules: Sequence[margin.Rectangle],
    height: float,
    runs: Sequence[margin.Run],
) -> None:
    """A page, or several on one sheet, whose lines are numbered in the margin."""
    taken = {id(piece) for run in runs for piece in run.numbers}
    if len(runs) == 1:
        _plain(sheet, [piece for piece in pieces if id(piece) not in taken], rules, height)
        _with_numbers(sheet, 0, runs[0])
        return
    taken |= {id(piece) for run in runs for piece in run.pieces}
    rest = columns.ordered([piece for piece in pieces if id(piece) not in taken])
    top = min(run.numbers[0].y0 for run in runs)
    sheet.add([line for line in rest if line[0].y0 < top])
    for run in runs:
        first = len(sheet.rows)
        sheet.add(columns.ordered(run.pieces), "\n\n")
        _with_numbers(sheet, first, run)
    sheet.add([line for line in rest if line[0].y0 >= top], "\n\n")


def _with_numbers(sheet: _Sheet, first: int, run: margin.Run) -> None:
    """Say of the rows from `first` on which numbered line each is."""
    for index in range(first, len(sheet.rows)):
        pieces = sheet.rows[index].pieces
        which = run.number_of(min(piece.y0 for piece in pieces), max(piece.y1 for piece in pieces))
        if which:
            sheet.regions.append(("line", index, index + 1, which))


def _unseen(sheet: _Sheet, pieces: Sequence[Piece], unseen: dict[int, str]) -> None:
    """What cannot be seen, one paragraph for each reason; dots and dashes alone say nothing."""
    for why in dict.fromkeys(unseen.values()):
        those = [piece for piece in pieces if unseen.get(id(piece)) == why]
        lines = [line for line in columns.ordered(those) if any(c.isalnum() for piece in line for c in piece.text)]
        if lines:
            first = len(sheet.rows)
            sheet.add(lines, "\n\n")
            sheet.regions.append(("hidden", first, len(sheet.rows), why))


def _composed(sheet: _Sheet, pieces: list[Piece]) -> TextLayer:
    if sheet.rows:
        sheet.rows[0].apart = None
    found = layout.composed(sheet.rows)
    lines = tuple(
        _line(row.pieces, start, end) for row, (start, end) in zip(sheet.rows, found.spans, strict=True) if end > start
    )
    regions = []
    for number, (kind, first, last, detail) in enumerate(sheet.regions):
        start, end = found.spans[first][0], found.spans[last - 1][1]
        if number in sheet.headed:
            detail = found.text[slice(*found.spans[first])]
        if end > start:
            regions.append(Region(kind, start, end, detail))
    regions.sort(key=lambda region: (region.start, -region.end))
    return TextLayer(found.text, found.words, pieces, lines, tuple(regions))


def _line(pieces: Sequence[Piece], start: int, end: int) -> Line:
    """A line's box, and the size and weight that it is set in."""
    sizes: dict[float, int] = {}
    letters = bold = 0
    for piece in pieces:
        count = len(piece.text)
        letters += count
        size = piece.setting.size if piece.setting is not None else piece.y1 - piece.y0
        sizes[size] = sizes.get(size, 0) + count
        if piece.setting is not None and piece.setting.bold:
            bold += count
    return Line(
        *(start, end),
        min([piece.x0 for piece in pieces]),
        min([piece.y0 for piece in pieces]),
        max([piece.x1 for piece in pieces]),
        max([piece.y1 for piece in pieces]),
        round(max(sizes.items(), key=lambda item: item[1])[0], 1),
        round(bold / max(letters, 1), 3),
    )
