"""What a chunk is made of: sentences of the text as it is read, rows of tables and lists, whole signature blocks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from legalqa.values.document import FURNITURE, Region

Range = tuple[int, int]

_KINDS = ("hidden", "contents", "table", "footnote", "signature")  # where two overlap, the first one counts
_LINE = re.compile(r"[^\r\n\f]+")
_ENDS = '.:;!?”"’)]'


class Units:
    """The text divided into stretches of one kind ("" for running text), and each into its units."""

    def __init__(self, text: str, regions: Sequence[Region] = ()) -> None:
        import nupunkt

        self._text = text
        flow = _flow(text, [region for region in regions if region.kind in FURNITURE])
        self._spans: list[Range] = nupunkt.sent_spans(flow) if flow.strip() else []
        self._areas = _areas(len(text), regions)
        self._starts = [start for start, _, _ in self._areas]

    @property
    def bounds(self) -> list[int]:
        """Where stretches begin and end."""
        return [place for start, end, _ in self._areas for place in (start, end)]

    def kind(self, at: int) -> str:
        """The kind of the stretch around a character."""
        index = bisect_right(self._starts, at) - 1
        return self._areas[index][2] if index >= 0 and at < self._areas[index][1] else ""

    def inside(self, at: int) -> bool:
        """Whether a region begins before the character and ends after it."""
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and self._areas[index][0] < at < self._areas[index][1]

    def within(self, start: int, end: int, kind: str = "") -> list[Range]:
        """The units of ``[start, end)``, which is of one kind; together they hold all of it but white space."""
        if kind in ("table", "contents"):
            found = [match.span() for match in _LINE.finditer(self._text, start, end)]
        elif kind == "signature":
            found = [(start, end)]
        else:
            found = list(self._sentences(start, end))
        return [(low, high) for low, high in (trimmed(self._text, *span) for span in found) if low < high]

    def _sentences(self, start: int, end: int) -> Iterator[Range]:
        spans = self._spans
        index = max(bisect_right(spans, (start, len(self._text))) - 1, 0)
        position = start
        while index < len(spans) and position < end:
            stop = min(spans[index][1], end)
            if stop > position:
                yield position, stop
                position = stop
            index += 1
        if position < end:
            yield position, end


def trimmed(text: str, start: int, end: int) -> Range:
    """A span without the white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _flow(text: str, furniture: Sequence[Region]) -> str:
    """The text with its furniture blanked, every offset kept. Where a sentence runs on past it, no line ends there."""
    parts: list[str] = []
    at = 0
    for region in sorted(furniture, key=lambda region: region.start):
        if region.end <= at:
            continue
        low, high = max(region.start, at), region.end
        while low > at and text[low - 1].isspace():
            low -= 1
        while high < len(text) and text[high].isspace():
            high += 1
        before = text[low - 1] if low > at else (parts[-1][-1:] if parts else "")
        ended = before in _ENDS or not before.strip() or not (text[high : high + 1].islower() or before in ",-—")
        parts.append(text[at:low])
        parts.append("\n\n".ljust(high - low)[: high - low] if ended else " " * (high - low))
        at = high
    return "".join((*parts, text[at:]))


def _areas(length: int, regions: Sequence[Region]) -> list[tuple[int, int, str]]:
    """Stretches of a special kind, in order, none overlapping."""
    taken: list[tuple[int, int, str]] = []
    for kind in _KINDS:
        low_marks = sorted(taken)
        for region in sorted((r for r in regions if r.kind == kind), key=lambda r: (r.start, r.end)):
            for start, end in _free(low_marks, max(region.start, 0), min(region.end, length)):
                if not taken or taken[-1][2] != kind or start >= taken[-1][1]:
                    taken.append((start, end, kind))
                elif end > taken[-1][1]:
                    taken.append((taken[-1][1], end, kind))
    return sorted(taken)


def _free(taken: Sequence[tuple[int, int, str]], start: int, end: int) -> Iterator[Range]:
    """What of ``[start, end)`` no stretch has taken."""
    index = max(bisect_right(taken, (start, 1 << 60, "")) - 1, 0)
    for low, high, _ in taken[index:]:
        if low >= end or start >= end:
            break
        if high <= start:
            continue
        if start < low:
            yield start, low
        start = high
    if start < end:
        yield start, end
