"""Text → parent and child chunks with exact spans.

Parents are what a reader is shown: sections, small siblings merged, big ones split, about 1,200 to 2,000 characters.
Children are what is searched: runs of whole sentences of about 300 to 500 characters inside one parent. At each level
every character that is not white space lies in a chunk, and in one only: two children share characters just where a
sentence longer than the encoder's window had to be cut. A child never crosses the start of a numbered section; items
such as (a) and (i) are boundaries only while what stands before them is long enough, since a clause of forty characters
finds nothing by itself.

Regions are cut apart from the text around them: a table between rows only, a footnote and a signature block as leaves
of their own, a table of contents and hidden text as parents of their own, so that they neither drown nor taint clauses.
Running heads lie inside chunks and end no sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID, uuid5

from legalqa.ingest.structure.numbering import is_item
from legalqa.ingest.structure.units import Range, Units, trimmed
from legalqa.values.document import Chunk, Region, Section

PARENT_TARGET, PARENT_MAX = 1600, 2400
CHILD_TARGET, CHILD_MAX = 400, 900
PIECES_MAX = 240  # wordpieces of a child; encoders read 256 with their two marks
ROW_MOST = 8_000  # characters of a table's row that is kept whole
OVERLAP = 130  # characters that two pieces of one sentence may share: 15% of the longest child
_OVERLAP_PIECES = 40
_HEADING_ONLY = 120  # characters; a shorter part followed by a part inside it is that part's heading
_PIECES = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]")
_CUTS = (re.compile(r"\n[ \t]*\r?\n"), re.compile(r"[;:]\s"), re.compile(r"\n"), re.compile(r",\s"), re.compile(r"\s"))
_APART = ("hidden", "contents")  # kinds that share no parent with other text


class _Part(NamedTuple):
    """A stretch of text of one kind. `hard`: a child must not cross its start; `top`: a section of the first level."""

    start: int
    end: int
    hard: bool
    top: bool
    kind: str


def chunked(
    text: str, sections: Sequence[Section], document_id: str, regions: Sequence[Region] = ()
) -> tuple[Chunk, ...]:
    """Each parent followed by its children. The same text and regions give the same ids."""
    found: list[Chunk] = []
    namespace = UUID(document_id)
    paths = _Paths(sections)
    units = Units(text, regions)
    for start, end, parts in _parents(text, sections, units):
        hidden = parts[0].kind == "hidden"
        parent_id = str(uuid5(namespace, f"{start}:{end}:parent"))
        found.append(Chunk(parent_id, start, end, None, paths.common(start, end), hidden))
        for low, high in _children(text, parts, units):
            child_id = str(uuid5(namespace, f"{low}:{high}:child"))
            found.append(Chunk(child_id, low, high, parent_id, paths.at(low, high), hidden))
    return tuple(found)


def pieces(text: str) -> int:
    """About how many wordpieces an encoder makes of a text, rather too many than too few."""
    count = 0
    for match in _PIECES.finditer(text):
        length = match.end() - match.start()
        if length == 1:
            count += 1
        elif match.group()[0].isdigit():
            count += (length + 1) // 2
        else:  # long letter runs are mostly names glued together, which no vocabulary has
            count += 1 + length // 7 if length <= 14 else length // 3
    return count


def _parents(text: str, sections: Sequence[Section], units: Units) -> Iterator[tuple[int, int, list[_Part]]]:
    """Spans of parents, each with its parts."""
    group: list[_Part] = []
    for part in _parts(text, sections, units):
        joined = part.end - group[0].start if group else 0
        long = group[-1].end - group[0].start if group else 0
        apart = bool(group) and part.kind != group[0].kind and bool({part.kind, group[0].kind} & set(_APART))
        if group and (apart or joined > PARENT_MAX or (part.top and long > PARENT_TARGET // 4)
                      or (part.hard and long >= PARENT_TARGET * 3 // 4)):  # fmt: skip
            yield group[0].start, group[-1].end, group
            group = []
        if part.end - part.start > PARENT_MAX:
            whole = units.within(part.start, part.end, part.kind)
            cuts = _packed(text, whole, PARENT_TARGET, PARENT_MAX, None, part.kind == "table")
            for index, (low, high) in enumerate(cuts):
                yield low, high, [_Part(low, high, part.hard and index == 0, part.top, part.kind)]
        else:
            group.append(part)
    if group:
        yield group[0].start, group[-1].end, group


def _parts(text: str, sections: Sequence[Section], units: Units) -> Iterator[_Part]:
    """The text cut at every section's start and around every region, blank parts left out."""
    starts: dict[int, Section | None] = dict.fromkeys((0, *units.bounds))
    starts.update((section.start, section) for section in sections if not units.inside(section.start))
    order = sorted(starts)
    carried: _Part | None = None
    for start, stop in zip(order, [*order[1:], len(text)], strict=True):
        low, high = trimmed(text, start, stop)
        if low >= high:
            continue
        section, following, kind = starts[start], starts.get(stop), units.kind(start)
        hard = kind != "" or (section is not None and not is_item(section.number))
        part = _Part(low, high, hard, section is not None and section.level == 1, kind)
        if carried and kind == "":
            part = part._replace(start=carried.start, hard=carried.hard, top=carried.top)
        elif carried:
            yield carried
        carried = None
        inside = section is not None and following is not None and following.level > section.level
        if kind == "" and inside and part.end - part.start <= _HEADING_ONLY:
            carried = part
        else:
            yield part
    if carried:
        yield carried


def _children(text: str, parts: Sequence[_Part], units: Units) -> Iterator[Range]:
    """Runs of units, cut at hard boundaries, and at soft ones once they are long enough."""
    run: list[Range] = []
    kind = ""
    for part in parts:
        enough = bool(run) and run[-1][1] - run[0][0] >= CHILD_TARGET // 2
        if run and (part.hard or part.kind != kind or enough):
            yield from _packed(text, run, CHILD_TARGET, CHILD_MAX, PIECES_MAX, kind == "table")
            run = []
        kind = part.kind
        run.extend(units.within(part.start, part.end, kind))
    yield from _packed(text, run, CHILD_TARGET, CHILD_MAX, PIECES_MAX, kind == "table")


def _packed(
    text: str, units: Sequence[Range], target: int, most: int, most_pieces: int | None, rows: bool
) -> list[Range]:
    """Neighbouring units joined while that brings a chunk nearer to `target`; no chunk over the limits.

    A unit over the limits is cut, unless it is a row of a table (`rows`).
    """
    fitting = [part for unit in units for part in _fitted(text, unit, most, most_pieces, rows)]
    packed: list[Range] = []
    counts: list[int] = []
    for start, end in fitting:
        count = pieces(text[start:end]) if most_pieces else 0
        if packed:
            first, last = packed[-1]
            now, then = last - first, end - first
            nearer = abs(then - target) <= abs(now - target) or now < target // 4
            # the halves of a word may have more pieces together than each by itself
            together = counts[-1] + count if start > last or not most_pieces else pieces(text[first:end])
            if start >= last and nearer and then <= most and (not most_pieces or together <= most_pieces):
                packed[-1] = (first, end)
                counts[-1] = together
                continue
        packed.append((start, end))
        counts.append(count)
    return packed


def _fitted(text: str, unit: Range, most: int, most_pieces: int | None, rows: bool) -> list[Range]:
    """A unit as it is if it fits, or cut; the pieces of a child's sentence then share a clause or a few words."""
    start, end = trimmed(text, *unit)
    if start >= end:
        return []
    short = end - start <= min(most, most_pieces or most)  # no text has more pieces than characters
    fits = short or (end - start <= most and (not most_pieces or pieces(text[start:end]) <= most_pieces))
    if fits or (rows and end - start <= ROW_MOST):
        return [(start, end)]
    if not most_pieces:
        return list(_cut(text, unit, most, None))
    cut = list(_cut(text, unit, most - OVERLAP, most_pieces - _OVERLAP_PIECES))
    shared = [(_back(text, former[0], low), high) for former, (low, high) in pairwise(cut)]
    return [*cut[:1], *shared]


def _back(text: str, least: int, start: int) -> int:
    """Where a piece begins that shall share its beginning with the piece before: a clause, or else a word, earlier."""
    low = max(start - OVERLAP, least + 1)
    for pattern in (_CUTS[1], _CUTS[3], _CUTS[4]):
        for match in pattern.finditer(text, low, start):
            shared = text[match.end() : start]
            if shared.strip() and pieces(shared) <= _OVERLAP_PIECES:
                return match.end() + len(shared) - len(shared.lstrip())
    return start


def _cut(text: str, unit: Range, most: int, most_pieces: int | None) -> Iterator[Range]:
    """A unit that is too long for a chunk, cut at the best place near its middle, again and again."""
    todo = [unit]
    while todo:
        start, end = todo.pop()
        start, end = trimmed(text, start, end)
        if start >= end:
            continue
        fits = end - start <= most and (not most_pieces or pieces(text[start:end]) <= most_pieces)
        if fits or end - start < 2:
            yield start, end
            continue
        middle = _place(text, start, end) if end - start < 4 * most else _place(text, start, start + 2 * most)
        todo.extend([(middle, end), (start, middle)])


def _place(text: str, start: int, end: int) -> int:
    """Where to cut: after a paragraph, clause, line, comma or word, whichever of the first lies well inside."""
    middle, margin = (start + end) // 2, (end - start) // 4
    for pattern in _CUTS:
        found = [match.end() for match in pattern.finditer(text, middle - margin, middle + margin)]
        if found:
            return min(found, key=lambda place: abs(place - middle))
    return middle


class _Paths:
    """Which section stands where."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sorted(sections, key=lambda section: (section.start, section.level))
        self._starts = [section.start for section in self._sections]

    def at(self, start: int, end: int) -> tuple[str, ...]:
        """The path at the beginning of a chunk, its headings followed down to the section that they head."""
        path = self._innermost(start)
        for section in self._between(start, min(end, start + _HEADING_ONLY + 10)):
            if len(section.path) <= len(path) or section.path[: len(path)] != path or is_item(section.number):
                break
            path = section.path
        return path

    def common(self, start: int, end: int) -> tuple[str, ...]:
        """The way down that all of a parent shares; that of its beginning if it shares none."""
        first = self.at(start, end)
        shared = first
        for section in self._between(start, end):
            if section.path == first[: len(section.path)]:  # a heading on the way to the first section
                continue
            length = 0
            while length < min(len(shared), len(section.path)) and shared[length] == section.path[length]:
                length += 1
            shared = shared[:length]
        return shared or first

    def _between(self, start: int, end: int) -> list[Section]:
        return self._sections[bisect_right(self._starts, start) : bisect_left(self._starts, end)]

    def _innermost(self, start: int) -> tuple[str, ...]:
        for index in range(bisect_right(self._starts, start) - 1, -1, -1):
            section = self._sections[index]
            if start < section.end:
                return section.path
            if section.level == 1:
                break
        return ()
