"""Footnotes of a page, told by how they are set: below a short rule or in smaller type, each with its mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from legalqa.ingest.layout.pieces import Piece

Rectangle = tuple[float, float, float, float]
Line = Sequence[Piece]
_WORD = re.compile(r"[^\W\d_]{2}")
_MARK = re.compile(r"([1-9]\d{0,2}|[*†‡§¶]{1,4})[.)]?")
_RULE_LEAST, _RULE_MOST = 36.0, 0.55  # points; of the width of the text
_SMALLER = 0.92  # of the body's type size: what a footnote is set in where no rule parts it
_RAISED = 0.85  # of the type size of the words after it: a mark
_FLUSH, _FLUSH_LINES = 10.0, 3  # points, lines: the rule begins where lines of the body above it begin
_WORDS = 5  # of a line that goes on with a note of another page, at least
_LOWER_PART = 0.3  # of the page's height, from the top, above which no footnote begins
_FOOT = re.compile(r"[-–—\s]*(page\s+)?(\d{1,4}|[ivxlcdm]{1,7}|[a-z]-\d{1,3})(\s+of\s+\d{1,4})?[-–—\s]*", re.IGNORECASE)
_FOOT_PLACE = 0.93  # of the page's height: what stands lower is no part of a note


@dataclass(slots=True)
class Note:
    """A footnote: its mark ("" where it goes on from another page) and its lines."""

    mark: str
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Parted:
    """The lines of a page in reading order: the body, then its footnotes, then what stands at its foot."""

    body: list[Line]
    notes: list[Note]
    feet: list[Line]


def parted(lines: Sequence[Line], rules: Sequence[Rectangle], height: float) -> Parted:
    """Part the lines of a page of `height` points. Without a rule or smaller type nothing is a footnote."""
    size = body_size(lines)
    if not size or not any(_begins(line) or _size(line) < _SMALLER * size for line in lines):
        return Parted(list(lines), [], [])
    below = _below_rules(lines, rules, size, height) or _in_small_type(lines, size, height)
    if not below:
        return Parted(list(lines), [], [])
    apart = {id(line) for line in below}
    body = [line for line in lines if id(line) not in apart]
    feet, below = _feet(below, height)
    foot_ids = {id(line) for line in feet}
    lowest = max(_bottom(line) for line in below) if below else 0.0
    moved = [line for line in body if _top(line) >= lowest and id(line) not in foot_ids] if below else []
    body = [line for line in body if not any(line is other for other in moved)]
    return Parted(body, _notes(below), feet + moved)


def body_size(lines: Sequence[Line]) -> float:
    """The type size that most characters of the page are set in, in half points; 0 where no line tells."""
    exact: dict[float, int] = {}
    for line in lines:
        for piece in line:
            if piece.setting is not None:
                exact[piece.setting.size] = exact.get(piece.setting.size, 0) + len(piece.text)
    sizes: Counter[float] = Counter()
    for size, count in exact.items():
        sizes[round(2 * size) / 2] += count
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _below_rules(lines: Sequence[Line], rules: Sequence[Rectangle], size: float, height: float) -> list[Line]:
    """Lines under the short rule of their column, if a mark or smaller type begins them."""
    left, right = min(p.x0 for line in lines for p in line), max(p.x1 for line in lines for p in line)
    short = [
        rule
        for rule in rules
        if rule[3] - rule[1] <= 3
        and _RULE_LEAST <= rule[2] - rule[0] <= _RULE_MOST * (right - left)
        and rule[1] > _LOWER_PART * height
    ]
    found: list[Line] = []
    for rule in short[:20]:
        under = [line for line in lines if _middle(line) > rule[1] and _in_column(line, rule, short)]
        under = [line for line in under if not _is_foot(line)]
        if not under:
            continue
        first = min(under, key=_top)
        flush = sum(abs(line[0].x0 - rule[0]) <= _FLUSH for line in lines if _top(line) < rule[1])
        near = (
            _top(first) - rule[1] < 3 * size and first[0].x0 - rule[0] < 4 * size and rule[0] - first[0].x0 < 2 * size
        )
        small = all(_size(line) <= size + 0.3 for line in under)
        going_on = _size(first) < _SMALLER * size and len(first) >= _WORDS
        marked = _begins(first, strictly=_size(first) >= _SMALLER * size)
        if flush >= _FLUSH_LINES and near and small and (marked or going_on):
            found += [line for line in under if not any(line is other for other in found)]
    return found


def _in_column(line: Line, rule: Rectangle, rules: Sequence[Rectangle]) -> bool:
    """Whether the line stands in the rule's column, which ends before the next column's rule."""
    others = [other[0] for other in rules if other[0] > rule[2] + 20]
    limit = min(others) if others else 1e9
    return line[0].x0 >= rule[0] - 15 and line[0].x0 < limit - 10


def _in_small_type(lines: Sequence[Line], size: float, height: float) -> list[Line]:
    """Lines at the end of the page that are all in smaller type, from the first that a mark begins."""
    first = len(lines)
    while first and (_size(lines[first - 1]) < _SMALLER * size or _is_foot(lines[first - 1])):
        first -= 1
    for index in range(first, len(lines)):
        line = lines[index]
        smaller = _size(line) < _SMALLER * size
        if smaller and _begins(line, strictly=True) and _top(line) > _LOWER_PART * height:
            above = [other for other in lines[:index] if other[0].x0 < line[-1].x1 and other[-1].x1 > line[0].x0]
            if index and all(_top(other) <= _top(line) for other in above):
                return list(lines[index:])
            return []
    return []


def _begins(line: Line, strictly: bool = False) -> bool:
    """Whether a footnote's mark begins the line: raised, or, where the place tells already, a number alone."""
    if len(line) < 2 or not _MARK.fullmatch(line[0].text) or not any(_WORD.search(piece.text) for piece in line):
        return False
    mark, text = line[0].setting, line[1].setting
    if mark is not None and text is not None and mark.size < _RAISED * text.size:
        return True
    symbol = not line[0].text[0].isdigit()
    raised = line[0].y1 < line[1].y1 - 0.15 * (line[1].y1 - line[1].y0) and line[0].text[-1] not in ".)"
    return not strictly or symbol or raised


def _feet(lines: list[Line], height: float) -> tuple[list[Line], list[Line]]:
    """What stands at the foot of the page, and the rest."""
    feet: list[Line] = []
    rest = list(lines)
    while len(rest) > 1 and (_is_foot(rest[-1]) or _top(rest[-1]) > _FOOT_PLACE * height):
        feet.insert(0, rest.pop())
    return feet, rest


def _is_foot(line: Line) -> bool:
    return bool(_FOOT.fullmatch(" ".join(piece.text for piece in line)))


def _notes(lines: Sequence[Line]) -> list[Note]:
    """A new note begins where the mark that follows the last one begins a line."""
    notes: list[Note] = []
    for line in lines:
        mark = line[0].text.rstrip(".)") if _begins(line) else ""
        last = notes[-1].mark if notes else ""
        follows = not last or not (mark.isdigit() and last.isdigit()) or int(mark) == int(last) + 1
        if not notes or (mark and follows):
            notes.append(Note(mark))
        notes[-1].lines.append(line)
    return notes


def _size(line: Line) -> float:
    """The type size of most of the line's characters."""
    first = line[0].setting
    if first is not None and all(piece.setting is first for piece in line):
        return first.size
    sizes: Counter[float] = Counter()
    for piece in line:
        sizes[piece.setting.size if piece.setting is not None else piece.y1 - piece.y0] += len(piece.text)
    return sizes.most_common(1)[0][0]


def _top(line: Line) -> float:
    return min([piece.y0 for piece in line])


def _bottom(line: Line) -> float:
    return max([piece.y1 for piece in line])


def _middle(line: Line) -> float:
    return (_top(line) + _bottom(line)) / 2
