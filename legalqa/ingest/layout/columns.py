"""Pieces → lines in reading order.

pdfium and Tesseract mostly give words in reading order, and their order is kept wherever the page does not contradict
it. It does where a line stands above the one before it, where one row was drawn in several goes, and where a row runs
across two columns. Lines are then sorted topologically, what is above first and left columns before right ones, ties
in the order of the source (after T. Breuel, "High Performance Document Layout Analysis", 2003).
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest.layout.pieces import Piece, upright

Line = list[Piece]
_SAME_LINE = 0.4  # of the lower word's height that two words of one line share
_SAME_ROW = 0.5  # of the lower line's height that two lines of one row share
_GUTTER = 0.8  # of a line's height: the narrowest room between two columns
_GUTTER_LEAST = 6.0  # points
_ALIGNED = 3.0  # points by which left edges of a column differ
_MOST_LINES = 700  # of a page that is sorted; more stay as they are
_CUT = 0.9  # of a line's height: a white strip across the page that nothing is read around
_UPRIGHT = 3.0  # a line that is so many times as tall as wide runs up or down the page
_ROWS, _ROWS_IN_ORDER = 3, 2  # on each side: where the source runs across the columns, and where it keeps them apart
_PROSE_ROWS, _PROSE_WORDS, _PROSE_WIDTH = 5, 4, 0.7  # lines that fill their column are prose, not cells of a table
_CAPTION_MARKS = frozenset((")", "]", "§", ":", "|", "x", "X"))  # between the two halves of a court's caption
_ORDINALS = frozenset(("st", "nd", "rd", "th"))
_LABELS = frozenset(("by:", "name:", "title:", "date:", "its:", "dated:", "by", "name", "title", "signature:"))


@dataclass(slots=True)
class _Part:
    """A line, or what of it stands on one side of wide gaps. `line` numbers the line in the order of the source."""

    pieces: Line
    line: int
    x0: float = 0.0
    y0: float = 0.0
    x1: float = 0.0
    y1: float = 0.0

    def __post_init__(self) -> None:
        self.x0, self.x1 = min([p.x0 for p in self.pieces]), max([p.x1 for p in self.pieces])
        self.y0, self.y1 = min([p.y0 for p in self.pieces]), max([p.y1 for p in self.pieces])

    @property
    def marks(self) -> bool:
        """Whether it is nothing but the mark between the halves of a caption."""
        return len(self.pieces) == 1 and self.pieces[0].text in _CAPTION_MARKS


@dataclass(slots=True)
class _Gutter:
    """An empty upright strip with columns of text on both sides."""

    x0: float
    x1: float
    left: list[_Part] = field(default_factory=list)
    right: list[_Part] = field(default_factory=list)


def lines_of(pieces: Iterable[Piece]) -> list[Line]:
    """Group pieces, in reading order, into lines by where they stand."""
    lines: list[Line] = []
    last: Piece | None = None
    for piece in pieces:
        same = last is not None and piece.y0 == last.y0 and piece.y1 == last.y1 > last.y0
        if last is not None and piece.x0 >= last.x0 - 1 and (same or _shared(last, piece) > _SAME_LINE):
            lines[-1].append(piece)
        else:
            lines.append([piece])
        last = piece
    return lines


def ordered(pieces: Iterable[Piece]) -> list[Line]:
    """Lines in reading order: that of the source, but where the page contradicts it. No piece is lost.

    Text set sideways comes after the upright, each turn of it read as if the page were turned for it.
    """
    pieces = list(pieces)
    turns = {piece.turn for piece in pieces}
    if turns - {0}:
        return [line for turn in sorted(turns) for line in _sideways([p for p in pieces if p.turn == turn], turn)]
    lines = lines_of(pieces)
    if not 1 < len(lines) <= _MOST_LINES or not _doubtful(lines):
        return lines
    upright = [line for line in lines if _runs_up(line)]
    parts = [part for number, line in enumerate(lines) if not _runs_up(line) for part in _parts(line, number)]
    if len(parts) > 2 * _MOST_LINES:
        return lines
    gutters = _gutters(parts)
    units = _rows(_rejoined(parts, gutters), gutters)
    order = _sorted(units, gutters)
    return [units[index].pieces for index in order] + upright if order is not None else lines


def _sideways(pieces: Sequence[Piece], turn: int) -> list[Line]:
    """Lines of pieces that are all set at `turn`."""
    stood = [upright(piece, turn) for piece in pieces]
    own = {id(now): was for now, was in zip(stood, pieces, strict=True)}
    return [[own.get(id(piece)) or upright(piece, -turn % 4) for piece in line] for line in ordered(stood)]


def _shared(one: Piece | _Part, other: Piece | _Part) -> float:
    """How much of the lower one's height both share."""
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared / max(min(one.y1 - one.y0, other.y1 - other.y0), 0.1)


def _gap(height: float) -> float:
    return max(_GUTTER * height, _GUTTER_LEAST)


def _doubtful(lines: Sequence[Line]) -> bool:
    """Whether anything on the page may contradict the order of the source."""
    bottom = top = -1e9
    for line in lines:
        y0, y1 = min([piece.y0 for piece in line]), max([piece.y1 for piece in line])
        if y0 < top - 0.3 * (y1 - y0) or y0 < bottom - _SAME_ROW * (y1 - y0):
            return True
        room = _gap(y1 - y0)
        if max([after.x0 - piece.x1 for piece, after in itertools.pairwise(line)], default=0.0) > room:
            return True
        top, bottom = y0, y1
    return False


def _runs_up(line: Line) -> bool:
    height = max(p.y1 for p in line) - min(p.y0 for p in line)
    return height > _UPRIGHT * (max(p.x1 for p in line) - min(p.x0 for p in line)) and len(line[0].text) > 1


def _parts(line: Line, number: int) -> list[_Part]:
    room = _gap(max([p.y1 for p in line]) - min([p.y0 for p in line]))
    groups = [[line[0]]]
    for piece, after in itertools.pairwise(line):
        if after.x0 - piece.x1 > room:
            groups.append([])
        groups[-1].append(after)
    return [_Part(group, number) for group in groups]


def _gutters(parts: Sequence[_Part]) -> list[_Gutter]:
    """Strips left of common left edges, cut where a line runs across them, kept where both sides read as columns."""
    found: list[_Gutter] = []
    edges = sorted(part.x0 for part in parts)
    height = median(part.y1 - part.y0 for part in parts) if parts else 0.0
    least = min(part.x0 for part in parts) if parts else 0.0
    at = 0
    while at < len(edges):
        until = at
        while until < len(edges) and edges[until] - edges[at] <= _ALIGNED:
            until += 1
        if until - at >= _ROWS_IN_ORDER and edges[at] > least + 4 * height:
            found += _bands(parts, edges[at] - _gap(height), edges[at])
        at = until
    return found


def _bands(parts: Sequence[_Part], x0: float, x1: float) -> list[_Gutter]:
    """The stretches of a strip that no line crosses, with the parts on both sides."""
    crossing = sorted((p.y0, p.y1) for p in parts if p.x0 < x1 - 0.5 and p.x1 > x0 + 0.5)
    limits = [-1e9, *(y for y0, y1 in crossing for y in (y0 + 0.3 * (y1 - y0), y1 - 0.3 * (y1 - y0))), 1e9]
    found = []
    for top, bottom in zip(limits[::2], limits[1::2], strict=True):
        inside = [p for p in parts if p.y0 >= top and p.y1 <= bottom] if bottom > top else []
        left = [p for p in inside if p.x1 <= x0 + 0.5]
        right = [p for p in inside if p.x0 >= x1 - 0.5]
        left, right = _beside(left, right)
        if _columns(left, right):
            found.append(_Gutter(x0, x1, left, right))
    return found


def _beside(left: list[_Part], right: list[_Part]) -> tuple[list[_Part], list[_Part]]:
    """Only what stands beside something, and what goes on from there at the same pitch."""
    if not left or not right:
        return [], []
    top = max(min(p.y0 for p in left), min(p.y0 for p in right))
    bottom = min(max(p.y1 for p in left), max(p.y1 for p in right))
    return _around(left, top, bottom), _around(right, top, bottom)


def _around(side: list[_Part], top: float, bottom: float) -> list[_Part]:
    side = sorted(side, key=lambda part: part.y0)
    first = next((i for i, part in enumerate(side) if part.y1 > top), len(side))
    last = next((i for i in range(len(side) - 1, -1, -1) if side[i].y0 < bottom), -1)
    while 0 < first <= last and side[first].y0 - side[first - 1].y1 < side[first].y1 - side[first].y0:
        first -= 1
    while first <= last < len(side) - 1 and side[last + 1].y0 - side[last].y1 < side[last].y1 - side[last].y0:
        last += 1
    return side[first : last + 1]


def _columns(left: Sequence[_Part], right: Sequence[_Part]) -> bool:
    """Whether the sides are to be read one after the other, not row by row."""
    rows = min(_count(left), _count(right)) if left and right else 0
    if rows < _ROWS_IN_ORDER or any(part.marks for part in right):
        return False
    if sum(part.marks for part in left) >= _ROWS:
        return True
    if _numbers(left, right):
        return False
    if _labelled(left, right):
        return True
    sides = [side for _, _, side in sorted([(p.line, p.x0, 0) for p in left] + [(p.line, p.x0, 1) for p in right])]
    switches = sum(a != b for a, b in itertools.pairwise(sides))
    return switches <= 1 + 0.2 * rows or (rows >= _ROWS and _prose(left) and _prose(right))


def _count(side: Sequence[_Part]) -> int:
    """Rows that the parts stand in."""
    rows, last = 0, None
    for part in side:  # from the top
        rows += last is None or _shared(last, part) < _SAME_ROW
        last = part
    return rows


def _numbers(left: Sequence[_Part], right: Sequence[_Part]) -> bool:
    """Whether the left side is only what introduces the right one's rows: numbers of paragraphs, labels of a form."""
    introducing = sum(_introduces(part) and any(_shared(part, other) > _SAME_ROW for other in right) for part in left)
    return introducing >= 0.8 * len(left)


def _introduces(part: _Part) -> bool:
    text = part.pieces[-1].text
    short = len(part.pieces) == 1 and len(text) <= 12
    return (short and (text[-1] in ".):]" or text[0] in "([•·–-" or text[-1].isdigit())) or text[-1] == ":"


def _prose(side: Sequence[_Part]) -> bool:
    widest = max(part.x1 - part.x0 for part in side)
    full = sum(part.x1 - part.x0 >= _PROSE_WIDTH * widest for part in side)
    words = median(len(part.pieces) for part in side)
    return len(side) >= _PROSE_ROWS and words >= _PROSE_WORDS and full >= 0.6 * len(side)


def _labelled(left: Sequence[_Part], right: Sequence[_Part]) -> bool:
    """Whether two signature blocks stand side by side: the same labels in the same rows."""
    same = 0
    for part in left:
        label = part.pieces[0].text.lower()
        if label in _LABELS:
            same += any(other.pieces[0].text.lower() == label and _shared(part, other) > _SAME_ROW for other in right)
    return same >= 2


def _divided(one: _Part, other: _Part, gutters: Iterable[_Gutter]) -> bool:
    """Whether a gutter parts two parts of one row."""
    a, b = (one, other) if one.x0 <= other.x0 else (other, one)
    return any(_holds(g.left, a) and _holds(g.right, b) for g in gutters)


def _holds(side: Sequence[_Part], part: _Part) -> bool:
    """Whether the part, or one that it was joined from, belongs to the side."""
    own = {id(piece) for piece in part.pieces}
    return any(id(member.pieces[0]) in own for member in side)


def _rejoined(parts: Sequence[_Part], gutters: Sequence[_Gutter]) -> list[_Part]:
    """Lines as they were, but where a gutter divides them."""
    units: list[_Part] = []
    for part in parts:
        if units and units[-1].line == part.line and not (gutters and _divided(units[-1], part, gutters)):
            units[-1] = _Part(units[-1].pieces + part.pieces, part.line)
        else:
            units.append(part)
    return units


def _rows(units: list[_Part], gutters: Sequence[_Gutter]) -> list[_Part]:
    """Lines that were drawn in several goes, put together again."""
    joined: list[_Part] = []
    stacked = _stacked(units)
    for unit in units:
        alone = not stacked[id(unit)]
        mate = next(
            (
                i
                for i in range(len(joined) - 1, -1, -1)
                if _one_row(joined[i], unit, gutters, alone or not stacked.get(id(joined[i]), False))
            ),
            None,
        )
        if mate is None:
            joined.append(unit)
        else:
            pieces = sorted(joined[mate].pieces + unit.pieces, key=lambda piece: piece.x0)
            joined[mate] = _Part(_with_ordinals(pieces), min(joined[mate].line, unit.line))
    return joined


def _stacked(units: Sequence[_Part]) -> dict[int, bool]:
    """Which units (by `id`) are lines of a cell or paragraph: right above or below their neighbour in the source."""
    stacked = dict.fromkeys(map(id, units), False)
    for one, other in itertools.pairwise(units):
        upper, lower = (one, other) if one.y0 <= other.y0 else (other, one)
        height = min(one.y1 - one.y0, other.y1 - other.y0)
        meeting = min(one.x1, other.x1) > max(one.x0, other.x0)
        if meeting and 0.3 * height < lower.y0 - upper.y0 and lower.y0 - upper.y1 < 0.8 * height:
            stacked[id(one)] = stacked[id(other)] = True
    return stacked


def _with_ordinals(line: Line) -> Line:
    """A raised "st" that was drawn apart from its "31" is one word with it."""
    whole = line[:1]
    for piece in line[1:]:
        last = whole[-1]
        if piece.text.lower() in _ORDINALS and last.text[-1].isdigit() and piece.x0 - last.x1 < 2:
            box = (last.x0, min(last.y0, piece.y0), piece.x1, max(last.y1, piece.y1))
            whole[-1] = Piece(last.text + piece.text, *box, last.confidence, piece.hyphen, last.setting, 0, last.at)
        else:
            whole.append(piece)
    return whole


def _one_row(one: _Part, other: _Part, gutters: Sequence[_Gutter], alone: bool) -> bool:
    """Whether two parts are one line of text; `alone` says that one of them is no line of a stack."""
    if one.line == other.line or _shared(one, other) < _SAME_ROW:
        return False
    height = min(one.y1 - one.y0, other.y1 - other.y0)
    apart = max(one.x0, other.x0) - min(one.x1, other.x1)
    within = any(a.x1 <= b.x0 + 1 for a, b in ((one, other), (other, one))) or _fits(one, other)
    first = one if one.x0 <= other.x0 else other
    near = (alone and apart < 2 * height) or one.marks or other.marks or (apart < 6 * height and _introduces(first))
    return within and near and not _divided(one, other, gutters)


def _fits(one: _Part, other: _Part) -> bool:
    """Whether the one stands in gaps or on blanks of the other, as a value on a form."""
    if len(one.pieces) * len(other.pieces) > 400:
        return False
    return not any(_collide(p, q) for p in one.pieces for q in other.pieces)


def _collide(one: Piece, other: Piece) -> bool:
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    blank = set(one.text) <= {"_"} or set(other.text) <= {"_"}
    raised = min(one.y1 - one.y0, other.y1 - other.y0) < 0.8 * max(one.y1 - one.y0, other.y1 - other.y0)
    return not blank and shared > (0.85 if raised else 0.3) * min(one.x1 - one.x0, other.x1 - other.x0) + 0.1


def _sorted(units: Sequence[_Part], gutters: Sequence[_Gutter]) -> list[int] | None:
    """Indices of the units in reading order; None where the page contradicts itself."""
    count = len(units)
    if not count:
        return []
    box = np.array([(u.x0, u.y0, u.x1, u.y1) for u in units], np.float64)
    x0, y0, x1, y1 = box[:, 0], box[:, 1], box[:, 2], box[:, 3]
    slack = 0.4 * np.minimum((y1 - y0)[:, None], (y1 - y0)[None, :])
    middle = (y0 + y1) / 2
    above = (y1[:, None] <= y0[None, :] + slack) & (middle[:, None] < middle[None, :])
    level = ~above & ~above.T
    beside = level & ((x0 + x1)[:, None] < (x0 + x1)[None, :])
    meeting = (x0[:, None] < x1[None, :]) & (x1[:, None] > x0[None, :])
    band = _between_cuts(y0, y1)
    before = (above & meeting) | beside | (band[:, None] < band[None, :])
    owner = {id(piece): number for number, unit in enumerate(units) for piece in unit.pieces}
    for gutter in gutters:
        left = sorted({owner[id(part.pieces[0])] for part in gutter.left})
        right = sorted({owner[id(part.pieces[0])] for part in gutter.right} - set(left))
        before[np.ix_(left, right)], before[np.ix_(right, left)] = True, False
    np.fill_diagonal(before, False)
    return _topological(before, [unit.line for unit in units], count)


def _between_cuts(y0: NDArray[np.float64], y1: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which stretch of the page each unit lies in, where level white strips of a line's height part it."""
    order = np.argsort(y0, kind="stable")
    least = _CUT * float(np.median(y1 - y0))
    band, number, bottom = np.zeros(len(y0), np.int64), 0, -np.inf
    for index in order:
        number += int(y0[index] - bottom > least)
        band[index] = number
        bottom = max(bottom, y1[index])
    return band


def _topological(before: NDArray[np.bool_], source: Sequence[int], count: int) -> list[int] | None:
    waiting = before.sum(axis=0).astype(int)
    ready = [(source[i], i) for i in range(count) if waiting[i] == 0]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        _, number = heapq.heappop(ready)
        order.append(number)
        for following in np.flatnonzero(before[number]):
            waiting[following] -= 1
            if waiting[following] == 0:
                heapq.heappush(ready, (source[int(following)], int(following)))
    return order if len(order) == count else None
