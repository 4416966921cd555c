"""What OCR read of parts of a page goes where those parts stand in the text layer's reading order.

The text layer itself is not changed by a character: what was read becomes paragraphs of its own between its lines.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from legalqa.ingest.items import Line
from legalqa.ingest.layout.textlayer import TextLayer
from legalqa.ingest.scans.compose import Composed
from legalqa.values.document import Region, Word

_PART = "\n\n"
_LEVEL = 0.5  # of a line's height that may hang below the top of what comes after it


def merged(layer: TextLayer, parts: Sequence[Composed]) -> TextLayer:
    """The text layer with the parts in it; spans of words, lines and regions count from the new text's beginning."""
    parts = [part for part in parts if part.words]
    if not parts:
        return layer
    rows = list(_rows(layer))
    cuts = sorted(_places(layer, rows, parts), key=lambda cut: (cut[0], _top(cut[1])))
    text, begins, shifts = "", [0], [0]
    words: list[Word] = []
    lines: list[Line] = []
    taken = 0
    for place, part in cuts:
        text += layer.text[taken:place].rstrip("\n")
        text += _PART if text and not text.endswith(_PART) else ""
        words += [replace(w, start=w.start + len(text), end=w.end + len(text)) for w in part.words]
        lines += [_line_moved(line, len(text)) for line in part.lines]
        text += part.text
        taken = place + len(layer.text[place:]) - len(layer.text[place:].lstrip("\n"))
        text += _PART if taken < len(layer.text) else ""
        begins.append(taken)
        shifts.append(len(text) - taken)
    text += layer.text[taken:]

    def moved(offset: int) -> int:
        return offset + shifts[bisect_right(begins, offset) - 1]

    own = [replace(w, start=moved(w.start), end=moved(w.end - 1) + 1) for w in layer.words]
    kept = [_line_between(line, moved(line.start), moved(line.end - 1) + 1) for line in layer.lines]
    regions = tuple(Region(r.kind, moved(r.start), moved(r.end - 1) + 1, r.detail) for r in layer.regions)
    return TextLayer(
        text,
        tuple(sorted([*own, *words], key=lambda word: word.start)),
        layer.pieces,
        tuple(sorted([*kept, *lines], key=lambda line: line.start)),
        regions,
    )


def _rows(layer: TextLayer) -> Iterator[tuple[int, int, float, float, float, float]]:
    """Start, end and box of each line of the layer's visible text."""
    hidden = [(region.start, region.end) for region in layer.regions if region.kind == "hidden"]
    begin, at = 0, 0
    while begin < len(layer.text):
        end = layer.text.find("\n", begin)
        end = len(layer.text) if end < 0 else end
        while at < len(layer.words) and layer.words[at].start < begin:
            at += 1
        until = at
        while until < len(layer.words) and layer.words[until].start < end:
            until += 1
        own = layer.words[at:until]
        if own and not any(start <= begin < stop for start, stop in hidden):
            yield (
                *(begin, end, min(w.x0 for w in own), min(w.y0 for w in own)),
                *(max(w.x1 for w in own), max(w.y1 for w in own)),
            )
        begin, at = end + 1, until


def _place(layer: TextLayer, rows: Sequence[tuple[int, int, float, float, float, float]], part: Composed) -> int:
    """The offset of the layer's text at which the part is read: after what stands above it in its own column."""
    left, right, top = min(w.x0 for w in part.words), max(w.x1 for w in part.words), _top(part)
    above = [row for row in rows if row[5] <= top + _LEVEL * (row[5] - row[3])]
    column = [row for row in above if row[2] < right and row[4] > left]
    if column or above:
        place = max(column or above, key=lambda row: (row[5], row[1]))[1]
    else:
        place = min((row[0] for row in rows), default=0)
    for region in sorted(layer.regions, key=lambda region: region.start):  # a table or a footnote is not cut in two
        if region.start < place < region.end and region.kind != "hidden":
            line_end = layer.text.find("\n", region.end)
            place = line_end if line_end >= 0 else len(layer.text)
    return place


def _places(
    layer: TextLayer, rows: Sequence[tuple[int, int, float, float, float, float]], parts: Sequence[Composed]
) -> list[tuple[int, Composed]]:  # fmt: skip
    """The parts and their offsets: none is read before a part that stands above it in its column."""
    found: list[tuple[int, Composed]] = []
    sides: list[tuple[float, float, float]] = []
    for part in sorted(parts, key=_top):
        left, right, top = min(w.x0 for w in part.words), max(w.x1 for w in part.words), _top(part)
        over = [
            place
            for (place, _), (x0, x1, bottom) in zip(found, sides, strict=True)
            if x0 < right and x1 > left and bottom <= top
        ]
        found.append((max([_place(layer, rows, part), *over]), part))
        sides.append((left, right, max(w.y1 for w in part.words)))
    return found


def _top(part: Composed) -> float:
    return min(word.y0 for word in part.words)


def _line_moved(line: Line, by: int) -> Line:
    return _line_between(line, line.start + by, line.end + by)


def _line_between(line: Line, start: int, end: int) -> Line:
    return msgspec.structs.replace(line, start=start, end=end)
