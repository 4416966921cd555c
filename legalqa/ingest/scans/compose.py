"""A reading → text in reading order, with words and lines on the page as it was filed."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np

from legalqa.ingest.items import Line
from legalqa.ingest.layout.lines import Piece, Row, ordered
from legalqa.ingest.layout.lines import composed as composed_rows
from legalqa.ingest.scans.ocr import OcrWord
from legalqa.ingest.scans.scan import Matrix, Reading, Rectangle
from legalqa.values.document import Word

_LABEL_LONGEST, _LABEL_GAP = 6, 5.0  # characters of a number that hangs left of its line; heights of that line apart


@dataclass(frozen=True, slots=True)
class Composed:
    """Text that was read from a picture; spans count from its beginning, boxes are points of the displayed page."""

    text: str
    words: tuple[Word, ...]
    lines: tuple[Line, ...]
    confidence: float | None  # mean; None without words


def composed(reading: Reading) -> Composed:
    """Text in reading order, words with boxes on the displayed page, lines, mean confidence."""
    pieces = [piece for line in _labelled(reading.lines) for piece in _pieces(line, reading.scale)]
    lines, stamps = _apart(pieces, reading.frames)
    rows = [Row(line, "\n\n" if number in stamps else None) for number, line in enumerate(lines)]
    found = composed_rows(rows)
    text, words = found.text, found.words
    back: Matrix = np.asarray(np.linalg.inv(reading.matrix), np.float64)
    placed = tuple(_placed(word, back, reading.scale) for word in words)
    confidence = round(reading.confidence, 1) if words else None
    return Composed(text, placed, _lines(lines, words, placed), confidence)


def _apart(
    pieces: list[Piece], frames: list[Rectangle]
) -> tuple[list[list[Piece]], set[int]]:  # fmt: skip
    """Lines in reading order, each stamp's own lines before those that it stands beside; which lines begin a block."""
    inside: dict[Rectangle, list[Piece]] = {}
    outside: list[Piece] = []
    for piece in pieces:
        x, y = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2
        frame = next((f for f in frames if f[0] < x < f[2] and f[1] < y < f[3]), None)
        (outside if frame is None else inside.setdefault(frame, [])).append(piece)
    lines = [list(line) for line in ordered(outside)]
    begins: list[list[Piece]] = []
    for frame, own in inside.items():
        at = next((n for n, line in enumerate(lines) if max(p.y1 for p in line) > frame[1]), len(lines))
        stamp = [list(line) for line in ordered(own)]
        begins += [stamp[0], *lines[at : at + 1]]
        lines[at:at] = stamp
    return lines, {number for number, line in enumerate(lines) if any(line is first for first in begins)}


def _labelled(lines: list[list[OcrWord]]) -> list[list[OcrWord]]:
    """Lines with the numbers that hang left of them: Tesseract takes "1.1.", "1.2." … for a column of its own."""
    rows = [line for line in lines if not _hangs(line)]
    kept: dict[int, list[OcrWord]] = {id(line): line for line in rows}
    alone: list[list[OcrWord]] = []
    for line in lines:
        if not _hangs(line):
            continue
        label = line[0]
        near = [row for row in rows if _beside(label, row[0])]
        if near:
            row = min(near, key=lambda row: row[0].x0)
            kept[id(row)] = [label, *kept[id(row)]]
        else:
            alone.append(line)
    left = {id(line) for line in alone}
    return [kept.get(id(line), line) for line in lines if id(line) in kept or id(line) in left]


def _hangs(line: list[OcrWord]) -> bool:
    return len(line) == 1 and len(line[0].text) <= _LABEL_LONGEST and any(c.isalnum() for c in line[0].text)


def _beside(label: OcrWord, first: OcrWord) -> bool:
    """Whether a line that begins with `first` follows the label in its row."""
    low = min(label.y1 - label.y0, first.y1 - first.y0)
    level = min(label.y1, first.y1) - max(label.y0, first.y0) > 0.5 * low
    return level and 0 < first.x0 - label.x1 < _LABEL_GAP * (first.y1 - first.y0)


def _lines(lines: list[list[Piece]], words: tuple[Word, ...], placed: tuple[Word, ...]) -> tuple[Line, ...]:
    """Each line's span, box on the displayed page, and the height of its words as the size of its type."""
    found: list[Line] = []
    at = 0
    for line in lines:
        count = sum(bool(piece.text) for piece in line)
        own, here = placed[at : at + count], words[at : at + count]
        at += count
        if own:
            box = (min(w.x0 for w in own), min(w.y0 for w in own), max(w.x1 for w in own), max(w.y1 for w in own))
            size = median(word.y1 - word.y0 for word in here)
            found.append(Line(own[0].start, own[-1].end, *(round(value, 2) for value in (*box, size))))
    return tuple(found)


def _pieces(line: list[OcrWord], scale: float) -> list[Piece]:
    return [Piece(w.text, w.x0 / scale, w.y0 / scale, w.x1 / scale, w.y1 / scale, round(w.confidence, 1)) for w in line]


def _placed(word: Word, back: Matrix, scale: float) -> Word:
    """A word whose box is in points of the picture that was read, on the page as displayed."""
    box = _back(word.x0 * scale, word.y0 * scale, word.x1 * scale, word.y1 * scale, back, scale)
    return Word(word.start, word.end, *box, word.confidence)


def _back(
    x0: float, y0: float, x1: float, y1: float, back: Matrix, scale: float
) -> tuple[float, float, float, float]:  # fmt: skip
    """A rectangle in pixels of the picture that was read, in points of the displayed page.

    A straightened page is turned back about the box's middle only: turning its corners would make long words tall.
    """
    (mx, my, _) = back @ np.array([(x0 + x1) / 2, (y0 + y1) / 2, 1.0])
    factor = float(np.sqrt(abs(np.linalg.det(back[:2, :2]))))
    width, height = (x1 - x0) * factor, (y1 - y0) * factor
    tilt = abs(float(back[1, 0] / factor))
    if tilt > 0.5:  # lying on its side
        width, height = height, width
        tilt = abs(float(back[0, 0] / factor))
        width += tilt * height
    else:
        height += tilt * width
    point = scale * factor  # pixels of the page's picture a point
    return (
        float(mx - width / 2) / point,
        float(my - height / 2) / point,
        float(mx + width / 2) / point,
        float(my + height / 2) / point,
    )
