"""What a reader reads of a text: without what pages carry beside it, and without what cannot be seen on them.

A sentence may run over a page break with a running head between its halves, or over the numbered lines of a
transcript. It is still one sentence: its span covers everything, what is quoted, compared and boxed are its pieces.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from legalqa.values.answer import Passage
from legalqa.values.document import FURNITURE, Box, Document, Region, Span


class Reading:
    """A text read past its furniture, and past its hidden text unless `hidden`.

    `regions` are those of the text, in any order; `offset` is where the text begins in the document that they count
    in, and all spans given and returned count there too.
    """

    def __init__(self, text: str, regions: Iterable[Region], *, offset: int = 0, hidden: bool = False) -> None:
        kinds = FURNITURE if hidden else FURNITURE | {"hidden"}
        self._text, self._offset, self._end = text, offset, offset + len(text)
        self.skipped = _merged(region for region in regions if region.kind in kinds)
        self._starts = [span.start for span in self.skipped]
        self._ends = [span.end for span in self.skipped]

    def pieces(self, start: int, end: int) -> tuple[Span, ...]:
        """The stretches of ``[start, end)`` that are read, in order; none is empty or nothing but white space."""
        found, at = [], start
        for span in [*self.skipped[bisect_right(self._ends, start) : bisect_left(self._starts, end)], Span(end, end)]:
            if at < span.start and not self._slice(at, span.start).isspace():
                found.append(Span(at, span.start))
            at = max(at, span.end)
        return tuple(found)

    def text(self, start: int, end: int) -> str:
        """The words of ``[start, end)`` that are read; where something was skipped between two, a space parts them."""
        parts: list[str] = []
        for piece in self.pieces(start, end):
            words = self._slice(piece.start, piece.end)
            apart = not parts or parts[-1][-1].isspace() or words[0].isspace()
            parts.append(words if apart else f" {words}")
        return "".join(parts)

    def masked(self, start: int | None = None, end: int | None = None) -> str:
        """``[start, end)``, by default everything, with what is skipped blanked out: every offset stays what it was."""
        start, end = self._offset if start is None else start, self._end if end is None else end
        parts, at = [], start
        for span in self.skipped[bisect_right(self._ends, start) : bisect_left(self._starts, end)]:
            low, high = max(span.start, start), min(span.end, end)
            parts += [self._slice(at, low), _blanked(self._slice(low, high))]
            at = high
        return "".join((*parts, self._slice(at, end)))

    def _slice(self, start: int, end: int) -> str:
        return self._text[start - self._offset : end - self._offset]


def of(document: Document, *, hidden: bool = False) -> Reading:
    """The reading of a whole document."""
    return Reading(document.text, document.regions, hidden=hidden)


def pieces_of(document: Document, start: int, end: int) -> tuple[Span, ...]:
    """What is to be shown of ``[start, end)``: its pieces, or all of it where it is nothing but furniture or hidden."""
    near = document.regions_of(start, end)
    return Reading(document.text[start:end], near, offset=start).pieces(start, end) or (Span(start, end),)


def boxes_of(document: Document, start: int, end: int) -> tuple[Box, ...]:
    """`Document.boxes_of` without boxes on running heads, stamps and line numbers between the words."""
    boxes = (box for piece in pieces_of(document, start, end) for box in document.boxes_of(piece.start, piece.end))
    return tuple(dict.fromkeys(boxes))


def confidence_of(document: Document, start: int, end: int) -> float | None:
    """`Document.confidence_of` of the words that are read."""
    known = (document.confidence_of(piece.start, piece.end) for piece in pieces_of(document, start, end))
    return min((one for one in known if one is not None), default=None)


def parted(document: Document, start: int, end: int) -> tuple[tuple[Span, str], ...]:
    """``[start, end)`` cut where hidden text begins and ends, without outer white space.

    With every part comes why it cannot be seen, "" for what can.
    """
    parts: list[tuple[Span, str]] = []
    at = start
    for region in (*sorted(document.regions_of(start, end, "hidden"), key=lambda one: one.start), None):
        low = end if region is None else max(region.start, at)
        parts.append((_trimmed(document.text, at, low), ""))
        if region is not None:
            high = min(region.end, end)
            parts.append((_trimmed(document.text, low, high), region.detail or "it is not shown"))
            at = max(at, high)
    return tuple((span, why) for span, why in parts if span.start < span.end)


def shown(passage: Passage) -> str:
    """What a reader is shown of a passage: without running heads; what cannot be seen only if it is nothing else."""
    read = Reading(passage.text, passage.regions, offset=passage.start, hidden=bool(passage.hidden))
    return read.text(passage.start, passage.end) or passage.text


def hidden_in(document: Document, start: int, end: int) -> str:
    """Why ``[start, end)`` cannot be seen, "" if any word of it can."""
    parts = parted(document, start, end)
    return parts[0][1] if parts and all(why for _, why in parts) else ""


def header_of(regions: Sequence[Region], text: str, start: int, end: int) -> str:
    """The header row of the table that ``[start, end)`` lies in, on one line; "" outside one, or with the header in it.

    `text` is that of the span.
    """
    for region in regions:
        if region.kind == "table" and region.detail and region.start <= start and end <= region.end:
            header = " ".join(region.detail.split())
            return "" if header in " ".join(text.split()) else header
    return ""


def _merged(regions: Iterable[Region]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    spans: list[Span] = []
    for start, end in sorted((region.start, region.end) for region in regions if region.start < region.end):
        if spans and start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
        else:
            spans.append(Span(start, end))
    return spans


def _blanked(text: str) -> str:
    return "".join(character if character.isspace() else " " for character in text)


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip())) if part.strip() else Span(end, end)
