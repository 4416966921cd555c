"""The binary format of Word 97 to 2003, as far as reading takes it: text, what is hidden, tables, lists ([MS-DOC]).

Everything is found from the File Information Block at the beginning of the document stream. Characters are addressed
by their position in the text (cp) and by their place in the stream (fc); the piece table translates.
"""

from __future__ import annotations

import bisect
import itertools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from legalqa.ingest import limits
from legalqa.ingest.formats.counting import Level, List

T = TypeVar("T")
_STYLES, _HEADS, _CHARACTERS, _PARAGRAPHS, _PIECES, _LISTS, _OVERRIDES = 1, 11, 12, 13, 33, 73, 74  # places in the FIB
_DELETED, _INSERTED, _HIDDEN = 0x0800, 0x0801, 0x083C
_IN_TABLE, _ROW_END, _LEVEL, _LIST, _DEPTH = 0x2416, 0x2417, 0x260A, 0x460B, 0x6649
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # of operands
_SHAPES = {0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 5: "ordinal"}
_SHAPES |= {6: "cardinalText", 7: "ordinalText", 22: "decimalZero", 23: "bullet", 255: "none"}
_MOST = 1_000_000  # pieces, runs or lists
_FONT_PAGES = 0x40000000  # flag of a piece whose characters take one byte


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What the format says of a paragraph. `list` is a key of `Binary.lists`, "" for none."""

    list: str = ""
    level: int = 0
    in_table: bool = False
    row_end: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int  # cp
    end: int
    place: int  # fc
    width: int  # bytes a character


class Binary:
    """An old Word document. Raises ValueError, IndexError, struct.error where it is damaged, Refusal."""

    def __init__(self, stream: bytes, table: bytes) -> None:
        self._stream, self._table = stream, table
        words = struct.unpack_from("<H", stream, 32)[0]
        longs_at = 36 + 2 * words
        longs = struct.unpack_from("<H", stream, 34 + 2 * words)[0]
        self.lengths = struct.unpack_from("<8i", stream, longs_at + 12)
        self._pairs = longs_at + 4 * longs + 2
        self._pieces = list(self._read_pieces())
        self._starts = [piece.start for piece in self._pieces]
        self._runs = _Runs(self._places(_CHARACTERS), stream, characters=True)
        self._marks = _Runs(self._places(_PARAGRAPHS), stream, characters=False)
        self._styles = _or_nothing(self._read_styles, dict[int, dict[int, int]]())
        self.lists: dict[str, List] = _or_nothing(self._read_lists, {})

    def text(self) -> str:
        """All characters, those of every story one after another."""
        return "".join(map(self._said, self._pieces))

    def heads(self) -> Iterator[tuple[int, int, bool]]:
        """Running heads and feet: from and to, counted in their story, and whether it is a foot ([MS-DOC] 2.3.5)."""
        table = self._part(_HEADS)
        places = struct.unpack_from(f"<{len(table) // 4}i", table)
        for number, (start, end) in enumerate(itertools.pairwise(places[:-1])):
            if number >= 6 and start < end:  # the first six part notes from the text
                yield start, end, number % 6 in (2, 3, 5)

    def unseen(self) -> Iterator[tuple[int, int, str]]:
        """Runs of characters that the page does not show: cp from and to, "deleted" or "hidden"."""
        for piece in self._pieces:
            behind = piece.place + (piece.end - piece.start) * piece.width
            for first, last, values in self._runs.between(piece.place, behind):
                why = "deleted" if values.get(_DELETED) == 1 else "hidden" if values.get(_HIDDEN, 0) & 1 else ""
                if why:
                    start = piece.start + -(-(first - piece.place) // piece.width)
                    yield start, piece.start + (last - piece.place) // piece.width, why

    def paragraph(self, cp: int) -> Paragraph:
        """The paragraph whose last character stands at `cp`."""
        index = bisect.bisect_right(self._starts, cp) - 1
        if index < 0:
            return Paragraph()
        piece = self._pieces[index]
        style, values = self._marks.at(piece.place + (cp - piece.start) * piece.width)
        values = {**self._styles.get(style, {}), **values}
        key = str(values.get(_LIST, 0))
        return Paragraph(
            key if key in self.lists else "",
            values.get(_LEVEL, 0),
            bool(values.get(_IN_TABLE)),
            bool(values.get(_ROW_END)),
            values.get(_DEPTH, 1 if values.get(_IN_TABLE) else 0),
        )

    def _said(self, piece: _Piece) -> str:
        data = self._stream[piece.place : piece.place + (piece.end - piece.start) * piece.width]
        text = data.decode("cp1252" if piece.width == 1 else "utf-16-le", "replace")
        return text.ljust(piece.end - piece.start, "\0")[: piece.end - piece.start]

    def _part(self, number: int) -> bytes:
        start, size = struct.unpack_from("<II", self._stream, self._pairs + 8 * number)
        return self._table[start : start + size]

    def _read_pieces(self) -> Iterator[_Piece]:
        clx, at = self._part(_PIECES), 0
        while clx[at] == 1:  # formatting of pieces, which only quickly saved files have
            at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
        if clx[at] != 2:
            raise ValueError
        size = struct.unpack_from("<I", clx, at + 1)[0]
        table = clx[at + 5 : at + 5 + size]
        count = (len(table) - 4) // 12
        if count > _MOST:
            raise ValueError
        ends = struct.unpack_from(f"<{count + 1}I", table)
        for index, (first, last) in enumerate(itertools.pairwise(ends)):
            if last < first:
                raise ValueError
            limits.too_long(last)
            place = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * index + 2)[0]
            narrow = bool(place & _FONT_PAGES)
            place &= _FONT_PAGES - 1
            yield _Piece(first, last, place // 2 if narrow else place, 1 if narrow else 2)

    def _places(self, number: int) -> list[int]:
        """The pages of the stream that hold properties of characters or paragraphs, in the order of the text."""
        table = self._part(number)
        count = max((len(table) - 4) // 8, 0)
        return [n & 0x3FFFFF for n in struct.unpack_from(f"<{count}I", table, 4 * (count + 1))] if count else []

    def _read_styles(self) -> dict[int, dict[int, int]]:
        table = self._part(_STYLES)
        if len(table) < 6:
            return {}
        head, count, base = struct.unpack_from("<HHH", table)
        own: dict[int, tuple[int, dict[int, int]]] = {}
        at = 2 + head
        for number in range(count):
            size = struct.unpack_from("<H", table, at)[0]
            style, at = table[at + 2 : at + 2 + size], at + 2 + size
            if size < base + 4:
                continue
            kind = struct.unpack_from("<H", style, 2)[0]
            place = base + 4 + 2 * struct.unpack_from("<H", style, base)[0]
            place += place & 1
            if kind & 15 == 1 and place + 2 <= size:
                length = struct.unpack_from("<H", style, place)[0]
                own[number] = (kind >> 4, dict(_properties(style[place + 4 : place + 2 + length])))
        styles: dict[int, dict[int, int]] = {}
        for number in own:
            line: list[dict[int, int]] = []
            parent = number
            while parent in own and len(line) < limits.DEPTH:
                line.insert(0, own[parent][1])
                parent = own[parent][0]
            styles[number] = {key: value for values in line for key, value in values.items()}
        return styles

    def _read_lists(self) -> dict[str, List]:
        start, size = struct.unpack_from("<II", self._stream, self._pairs + 8 * _LISTS)
        if not size:
            return {}
        count = struct.unpack_from("<H", self._table, start)[0]
        at = start + 2 + 28 * count
        definitions: dict[int, dict[int, Level]] = {}
        for index in range(count):
            place = start + 2 + 28 * index
            identity = struct.unpack_from("<i", self._table, place)[0]
            levels = {}
            for number in range(1 if self._table[place + 26] & 1 else 9):
                levels[number], at = _level(self._table, at)
            definitions[identity] = levels
        return dict(self._read_overrides(definitions))

    def _read_overrides(self, definitions: dict[int, dict[int, Level]]) -> Iterator[tuple[str, List]]:
        table = self._part(_OVERRIDES)
        count = struct.unpack_from("<I", table)[0]
        if count > len(table) // 16:
            raise ValueError
        at = 4 + 16 * count
        for index in range(count):
            identity = struct.unpack_from("<i", table, 4 + 16 * index)[0]
            levels, starts = dict(definitions.get(identity, {})), dict[int, int]()
            at += 4
            for _ in range(table[4 + 16 * index + 12]):
                start, flags = struct.unpack_from("<iI", table, at)
                at += 8
                if flags & 0x20:
                    levels[flags & 15], at = _level(table, at)
                if flags & 0x10:
                    starts[flags & 15] = levels[flags & 15].start if flags & 0x20 else start
            yield str(index + 1), List(str(identity), levels, starts)


class _Runs:
    """Properties by place in the stream, read a page of 512 bytes at a time."""

    def __init__(self, pages: list[int], stream: bytes, *, characters: bool) -> None:
        found: list[tuple[int, int, int, dict[int, int]]] = []  # from, to, style, values
        for page in pages:
            data = stream[512 * page : 512 * page + 512]
            if len(data) == 512 and len(found) < _MOST:
                found.extend(_page(data, characters))
        self._found = sorted(found, key=lambda run: run[:2])
        self._firsts = [run[0] for run in self._found]

    def at(self, place: int) -> tuple[int, dict[int, int]]:
        """Style and values at a place."""
        index = bisect.bisect_right(self._firsts, place) - 1
        if index >= 0 and place < self._found[index][1]:
            return self._found[index][2:]
        return 0, {}

    def between(self, first: int, last: int) -> Iterator[tuple[int, int, dict[int, int]]]:
        """Runs with values, cut to the places from `first` to `last`."""
        for start, end, _, values in self._found[max(bisect.bisect_right(self._firsts, first) - 1, 0) :]:
            if start >= last:
                return
            if values and end > first:
                yield max(start, first), min(end, last), values


def _page(data: bytes, characters: bool) -> Iterator[tuple[int, int, int, dict[int, int]]]:
    count = data[511]
    step = 1 if characters else 13
    if 4 * (count + 1) + step * count > 511:
        return
    places = struct.unpack_from(f"<{count + 1}I", data)
    for index, (first, last) in enumerate(itertools.pairwise(places)):
        at = 2 * data[4 * (count + 1) + step * index]
        style, values = 0, b""
        if at and characters:
            values = data[at + 1 : at + 1 + data[at]]
        elif at:
            size, at = (2 * data[at] - 1, at + 1) if data[at] else (2 * data[at + 1], at + 2)
            if size >= 2 and at + 2 <= 511:
                style = struct.unpack_from("<H", data, at)[0]
                values = data[at + 2 : at + size]
        yield first, last, style, dict(_properties(values))


def _properties(data: bytes) -> Iterator[tuple[int, int]]:
    """Codes and operands of at most four bytes ([MS-DOC] 2.2.5); longer ones are passed over."""
    at = 0
    while at + 2 < len(data):
        code = struct.unpack_from("<H", data, at)[0]
        at += 2
        size = _SIZES.get(code >> 13)
        if code == 0xD608:  # the definition of a table: its length takes two bytes and counts one too many
            size = struct.unpack_from("<H", data, at)[0] + 1 if at + 2 <= len(data) else len(data)
        elif size is None:
            size = data[at] + 1
        if size <= 4 and at + size <= len(data):
            yield code, int.from_bytes(data[at : at + size], "little")
        at += max(size, 1)


def _level(table: bytes, at: int) -> tuple[Level, int]:
    """A level of a list, and where the next one begins."""
    start, shape, flags = struct.unpack_from("<iBB", table, at)
    characters, paragraph, restart = table[at + 24], table[at + 25], table[at + 26]
    at += 28 + characters + paragraph
    length = struct.unpack_from("<H", table, at)[0]
    text = table[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
    text = "".join(f"%{ord(c) + 1}" if ord(c) < 9 else c for c in text)
    limited = restart if flags & 8 else -1
    kind = _SHAPES.get(shape, "decimal")
    return Level(kind, text, max(start, 0), limited, bool(flags & 4)), at + 2 + 2 * length


def _or_nothing(read: Callable[[], T], nothing: T) -> T:
    """What can be read, or nothing where it is damaged: numbers are no reason to lose the text."""
    try:
        return read()
    except (struct.error, ValueError, IndexError):
        return nothing
