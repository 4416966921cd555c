"""Text → parent and child chunks with exact spans.

Parents are what a reader is shown: sections, small siblings merged, big ones split, about 1,200 to 2,000 characters.
Children are what is searched: runs of whole sentences of about 300 to 500 characters inside one parent. At each level
every character that is not white space lies in exactly one chunk. A child never crosses the start of a numbered
section; items such as (a) and (i) are boundaries only while what stands before them is long enough, since a clause
of forty characters finds nothing by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from legalqa.ingest.numbering import is_item
from legalqa.values.document import Chunk, Section

PARENT_TARGET, PARENT_MAX = 1600, 2400
CHILD_TARGET, CHILD_MAX = 400, 900
PIECES_MAX = 240  # wordpieces of a child; encoders read 256 with their two marks
_HEADING_ONLY = 120  # characters; a shorter part followed by a part inside it is that part's heading
_PIECES = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]")
_CUTS = (re.compile(r"\n[ \t]*\r?\n"), re.compile(r"[;:]\s"), re.compile(r"\n"), re.compile(r",\s"), re.compile(r"\s"))

Range = tuple[int, int]


def chunked(text: str, sections: Sequence[Section], document_id: str) -> tuple[Chunk, ...]:
    """Each parent followed by its children. The same text gives the same ids."""
    found: list[Chunk] = []
    namespace = UUID(document_id)
    paths = _Paths(sections)
    sentences = _Sentences(text)
    for start, end, parts in _parents(text, sections, sentences):
        parent_id = str(uuid5(namespace, f"{start}:{end}:parent"))
        found.append(Chunk(parent_id, start, end, None, paths.common(start, end)))
        for low, high in _children(text, parts, sentences):
            child_id = str(uuid5(namespace, f"{low}:{high}:child"))
            found.append(Chunk(child_id, low, high, parent_id, paths.at(low, high)))
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


def _parents(
    text: str, sections: Sequence[Section], sentences: _Sentences
) -> Iterator[tuple[int, int, list[tuple[int, int, bool]]]]:
    """Spans of parents, each with its parts: start, end, and whether a child must not cross the part's start."""
    group: list[tuple[int, int, bool]] = []
    for start, end, hard, top in _parts(text, sections):
        joined = end - group[0][0] if group else 0
        if group and (joined > PARENT_MAX or (top and group[-1][1] - group[0][0] > PARENT_TARGET // 4)
                      or (hard and group[-1][1] - group[0][0] >= PARENT_TARGET * 3 // 4)):  # fmt: skip
            yield group[0][0], group[-1][1], group
            group = []
        if end - start > PARENT_MAX:
            cuts = _packed(text, sentences.within(start, end), PARENT_TARGET, PARENT_MAX, None)
            for index, (low, high) in enumerate(cuts):
                yield low, high, [(low, high, hard and index == 0)]
        else:
            group.append((start, end, hard))
    if group:
        yield group[0][0], group[-1][1], group


def _parts(text: str, sections: Sequence[Section]) -> Iterator[tuple[int, int, bool, bool]]:
    """The text cut at every section's start, blank parts left out: start, end, hard boundary, top level."""
    starts: dict[int, Section | None] = {0: None}
    starts.update((section.start, section) for section in sections)
    order = sorted(starts)
    carried: tuple[int, bool, bool] | None = None
    for start, stop in zip(order, [*order[1:], len(text)], strict=True):
        low, high = _trimmed(text, start, stop)
        if low >= high:
            continue
        section, following = starts[start], starts.get(stop)
        hard = section is not None and not is_item(section.number)
        top = section is not None and section.level == 1
        begin, hard, top = carried or (low, hard, top)
        carried = None
        inside = section is not None and following is not None and following.level > section.level
        if inside and high - begin <= _HEADING_ONLY:
            carried = (begin, hard, top)
        else:
            yield begin, high, hard, top
    if carried:
        yield carried[0], _trimmed(text, carried[0], len(text))[1], carried[1], carried[2]


def _children(text: str, parts: Sequence[tuple[int, int, bool]], sentences: _Sentences) -> Iterator[Range]:
    """Runs of sentences, cut at hard boundaries, and at soft ones once they are long enough."""
    run: list[Range] = []
    for start, end, hard in parts:
        if run and (hard or run[-1][1] - run[0][0] >= CHILD_TARGET // 2):
            yield from _packed(text, run, CHILD_TARGET, CHILD_MAX, PIECES_MAX)
            run = []
        run.extend(sentences.within(start, end))
    yield from _packed(text, run, CHILD_TARGET, CHILD_MAX, PIECES_MAX)


def _packed(text: str, units: Sequence[Range], target: int, most: int, most_pieces: int | None) -> list[Range]:
    """Neighbouring units joined while that brings a chunk nearer to `target`; no chunk over the limits."""
    fitting = [part for unit in units for part in _cut(text, unit, most, most_pieces)]
    packed: list[Range] = []
    counts: list[int] = []
    for start, end in fitting:
        count = pieces(text[start:end]) if most_pieces else 0
        if packed:
            first, last = packed[-1]
            now, then = last - first, end - first
            nearer = abs(then - target) <= abs(now - target) or now < target // 4
            if nearer and then <= most and (not most_pieces or counts[-1] + count <= most_pieces):
                packed[-1] = (first, end)
                counts[-1] += count
                continue
        packed.append((start, end))
        counts.append(count)
    return packed


def _cut(text: str, unit: Range, most: int, most_pieces: int | None) -> Iterator[Range]:
    """A unit that is too long for a chunk, cut at the best place near its middle, again and again."""
    todo = [unit]
    while todo:
        start, end = todo.pop()
        start, end = _trimmed(text, start, end)
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


class _Sentences:
    """Sentence spans of the text by nupunkt, found once."""

    def __init__(self, text: str) -> None:
        import nupunkt

        self._text = text
        self._spans: list[Range] = nupunkt.sent_spans(text) if text.strip() else []
        self._next = 0

    def within(self, start: int, end: int) -> list[Range]:
        """The sentences of ``[start, end)``, cut at its ends; together they hold all of it but white space."""

        spans = self._spans
        index = max(bisect_right(spans, (start, len(self._text))) - 1, 0)
        found: list[Range] = []
        position = start
        while index < len(spans) and position < end:
            stop = min(spans[index][1], end)
            if stop > position:
                found.append((position, stop))
                position = stop
            index += 1
        if position < end:
            found.append((position, end))
        return [(low, high) for low, high in (_trimmed(self._text, *span) for span in found) if low < high]


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


def _trimmed(text: str, start: int, end: int) -> Range:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
