"""Ruled tables of a PDF page: its rules make cells, its own words are put into them.

The only module that knows pdfplumber. Of pdfplumber only the geometry is used, which makes cells of edges: the edges
come from pdfium, so that the page is parsed once, and by one parser.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from legalqa.ingest.layout.columns import Line, ordered
from legalqa.ingest.layout.lines import Row
from legalqa.ingest.layout.pieces import Piece

Rectangle = tuple[float, float, float, float]
_RULES_LEAST = 2  # level ones, and upright ones
_CROSSINGS_MOST = 40_000  # level rules times upright ones: more is a drawing
_POINTS_MOST = 900  # at which rules meet
_CORNERS = 4  # of a single cell, which makes no table
_TOLERANCE = 3.0  # points by which rules miss each other
_EDGE = 1.0
_CELLS_LEAST, _ROWS_LEAST = 4, 2  # cells with text, rows with several of them
_FILLED = 0.3  # of the cells: less is the grid of a chart
_YEAR = re.compile(r"(19|20)\d\d")
_WORDS_MOST = 90.0  # in a cell on average: more is a page in frames
_COLUMNS, _ALIGNED_ROWS = 3, 3  # at least, of a table without rules
_WIDE = 0.9  # of a line's height: the gap between its cells
_SIGNATURE = re.compile(r"^(by|name|title|its|signature|signed|date)\b.{0,3}:|_{4}", re.IGNORECASE)
_FIGURE = re.compile(r"^[\s$€£(]*[\d.,%()–-]+[\s%)]*$")


@dataclass(slots=True)
class Cell:
    """A cell: its rectangle, the row and column it begins in, its lines."""

    box: Rectangle
    row: int
    column: int
    pieces: list[Piece] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, for judging them."""
        return " ".join(piece.text for line in self.lines for piece in line)


@dataclass(slots=True)
class Table:
    """A table: its rectangle, its rows from the top with their cells from the left, whether the first one is a head."""

    box: Rectangle
    rows: list[list[Cell]]
    headed: bool

    def pieces(self) -> list[Piece]:
        """All its words."""
        return [piece for row in self.rows for cell in row for piece in cell.pieces]


def tables(rules: Sequence[Rectangle], pieces: Sequence[Piece]) -> list[Table]:
    """The tables that the rules of a page make, those with words in them."""
    level = [r for r in rules if r[2] - r[0] >= r[3] - r[1]]
    upright = [r for r in rules if r[2] - r[0] < r[3] - r[1]]
    if min(len(level), len(upright)) < _RULES_LEAST or len(level) * len(upright) > _CROSSINGS_MOST:
        return []
    found = []
    for boxes in _cells(level, upright):
        table = _table(boxes, pieces)
        if table is not None:
            found.append(table)
    return found


def rows_of(table: Table) -> list[Row]:
    """The rows to be set as lines, cells parted by bars; rows without words are left out."""
    rows: list[Row] = []
    columns = sorted({cell.column for row in table.rows for cell in row if cell.pieces})
    for number, cells in enumerate(table.rows):
        shown: list[Piece] = []
        before: dict[int, str] = {}
        ends: set[int] = set()
        column = 0
        for cell in cells:
            words = [piece for line in cell.lines for piece in line]
            if not words:
                continue
            place = columns.index(cell.column)  # among the columns that hold words at all
            bars = place - column
            if bars:
                before[id(words[0])] = "| " * bars if not shown else " |" * bars + " "
            ends.update(id(line[-1]) for line in cell.lines)
            shown += words
            column = place
        if shown:
            rows.append(Row(shown, "\n\n" if not rows else "\n", before, ends))
        elif number == 0:
            table.headed = False
    return rows


def aligned(lines: Sequence[Sequence[Piece]]) -> list[tuple[int, Table]]:
    """Tables without rules, with the index of their first line: each row one line, its cells under one another.

    At least three rows of at least three cells that line up, and figures in one of their columns: what says less is
    left as lines. Lists, contents and signature blocks are none.
    """
    found: list[tuple[int, Table]] = []
    split = [_split(line) for line in lines]
    at = 0
    while at < len(lines):
        until = at
        while (
            until < len(lines) and len(split[until]) >= _COLUMNS and _under(split[until], split[at], lines, until, at)
        ):
            until += 1
        table = _of_lines(split[at:until]) if until - at >= _ALIGNED_ROWS else None
        if table is not None:
            found.append((at, table))
        at = max(until, at + 1)
    return found


def _split(line: Sequence[Piece]) -> list[list[Piece]]:
    """A line cut at its wide gaps."""
    groups = [[line[0]]]
    for piece, after in itertools.pairwise(line):
        if after.x0 - piece.x1 > _WIDE * (piece.y1 - piece.y0):
            groups.append([])
        groups[-1].append(after)
    return groups


def _under(
    cells: Sequence[Line], above: Sequence[Line], lines: Sequence[Sequence[Piece]], number: int, first: int
) -> bool:  # fmt: skip
    """Whether every cell stands under its like: left, right or middle in line; and the row not far below the last."""
    if len(cells) != len(above):
        return False
    if number > first and lines[number][0].y0 - lines[number - 1][0].y1 > 2 * (
        lines[number][0].y1 - lines[number][0].y0
    ):
        return False
    for one, other in zip(cells, above, strict=True):
        left, right = abs(one[0].x0 - other[0].x0), abs(one[-1].x1 - other[-1].x1)
        middle = abs(one[0].x0 + one[-1].x1 - other[0].x0 - other[-1].x1) / 2
        if min(left, right, middle) > _TOLERANCE:
            return False
    return True


def _of_lines(rows: Sequence[Sequence[Line]]) -> Table | None:
    cells = [
        [_cell(group, row, column) for column, group in enumerate(groups)] for row, groups in enumerate(rows)
    ]  # fmt: skip
    flat = [cell for row in cells for cell in row]
    columns = [[row[number].text for row in cells[1:]] for number in range(len(rows[0]))]
    figures = [sum(bool(_FIGURE.match(text)) for text in column) >= 0.6 * len(column) for column in columns]
    contents = all(text.isdigit() for text in columns[-1]) and [int(t) for t in columns[-1]] == sorted(
        int(t) for t in columns[-1]
    )
    signed = any(_SIGNATURE.search(cell.text) for cell in flat)
    if not any(figures) or contents or signed:
        return None
    boxes = [cell.box for cell in flat]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return Table(box, cells, _headed(cells))


def _cell(pieces: Line, row: int, column: int) -> Cell:
    box = (pieces[0].x0, min(p.y0 for p in pieces), pieces[-1].x1, max(p.y1 for p in pieces))
    return Cell(box, row, column, list(pieces), [list(pieces)])


def _cells(level: Sequence[Rectangle], upright: Sequence[Rectangle]) -> list[list[Rectangle]]:
    """Rectangles of cells, table by table."""
    if not _cross(level, upright):
        return []
    from pdfplumber import table as plumber

    edges = [_edge("h", x0, x1, (y0 + y1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in level]
    edges += [_edge("v", (x0 + x1) / 2, (x0 + x1) / 2, y0, y1) for x0, y0, x1, y1 in upright]
    merged = plumber.merge_edges(edges, _TOLERANCE, _TOLERANCE, _TOLERANCE, _TOLERANCE)
    points = plumber.edges_to_intersections(merged, _TOLERANCE, _TOLERANCE)
    if not _CORNERS < len(points) <= _POINTS_MOST:
        return []
    found: list[list[Rectangle]] = plumber.cells_to_tables(plumber.intersections_to_cells(points))
    return found


def _cross(level: Sequence[Rectangle], upright: Sequence[Rectangle]) -> bool:
    """Whether so many rules cross, or nearly, that there can be a cell: loading pdfplumber is slow."""
    near = 2 * _TOLERANCE
    crossings = 0
    for x0, y0, x1, y1 in level:
        for left, top, right, bottom in upright:
            if left <= x1 + near and right >= x0 - near and top <= y1 + near and bottom >= y0 - near:
                crossings += 1
                if crossings > _CORNERS:
                    return True
    return False


def _edge(orientation: str, x0: float, x1: float, top: float, bottom: float) -> dict[str, Any]:
    return {
        "orientation": orientation, "x0": x0, "x1": x1, "top": top, "bottom": bottom,
        "width": x1 - x0, "height": bottom - top,
    }  # fmt: skip


def _table(boxes: Sequence[Rectangle], pieces: Sequence[Piece]) -> Table | None:
    """The words in their cells; None where that is no table."""
    lefts, tops = _grid(box[0] for box in boxes), _grid(box[1] for box in boxes)
    if min(len(lefts), len(tops)) < 2:
        return None
    whole = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    cells = [Cell(box, _place(tops, box[1]), _place(lefts, box[0])) for box in boxes]
    places: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        for row in range(cell.row, _place(tops, cell.box[3] - 2 * _EDGE) + 1):
            for column in range(cell.column, _place(lefts, cell.box[2] - 2 * _EDGE) + 1):
                places[row, column] = cell
    for piece in pieces:
        x, y = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2
        if whole[0] <= x <= whole[2] and whole[1] <= y <= whole[3]:
            holder = places.get((_place(tops, y), _place(lefts, x)))
            if holder is not None:
                holder.pieces.append(piece)
    for cell in cells:
        cell.lines = ordered(cell.pieces)
        cell.pieces = [piece for line in cell.lines for piece in line]
    rows = [sorted((c for c in cells if c.row == row), key=lambda c: c.column) for row in range(len(tops))]
    rows = [row for row in rows if row]
    return Table(whole, rows, _headed(rows)) if _is_table(cells, rows) else None


def _grid(values: Any) -> list[float]:
    """Sorted values, those within a point of each other once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _EDGE:
            found.append(value)
    return found


def _place(starts: Sequence[float], value: float) -> int:
    return max(bisect_right(starts, value + _EDGE) - 1, 0)


def _is_table(cells: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> bool:
    filled = [cell for cell in cells if cell.pieces]
    wide = sum(sum(bool(cell.pieces) for cell in row) >= 2 for row in rows)
    if len(filled) < max(_CELLS_LEAST, _FILLED * len(cells)) or wide < _ROWS_LEAST:
        return False
    signed = sum(bool(_SIGNATURE.search(cell.text)) for cell in filled)
    words = sum(len(cell.pieces) for cell in filled)
    return signed < 2 and words / len(filled) <= _WORDS_MOST


def _headed(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first row is the head: bold above rows that are not, or words above figures."""
    first = [cell for cell in rows[0] if cell.pieces]
    rest = [cell for row in rows[1:] for cell in row if cell.pieces]
    if len(first) < 2 or not rest or any(_FIGURE.match(cell.text) and not _YEAR.fullmatch(cell.text) for cell in first):
        return False
    if min(_bold([cell]) for cell in first) > 0.6 and _bold(rest) < 0.4:
        return True
    for cell in first:
        below = [other for other in rest if other.column == cell.column]
        if below and sum(bool(_FIGURE.match(other.text)) for other in below) >= 0.6 * len(below):
            return True
    return False


def _bold(cells: Sequence[Cell]) -> float:
    pieces = [piece for cell in cells for piece in cell.pieces if piece.setting is not None]
    letters = sum(len(piece.text) for piece in pieces)
    return sum(len(p.text) for p in pieces if p.setting is not None and p.setting.bold) / letters if letters else 0.0
