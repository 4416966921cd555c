"""A picture of a page → its words: cleaned, straightened and turned for OCR, boxes on the page as it was filed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest import clean
from legalqa.ingest.clean import Pixels
from legalqa.ingest.layout import Piece, compose
from legalqa.ingest.ocr import OcrEngine, OcrWord
from legalqa.values.document import Word

_DOUBTFUL = 70.0  # mean confidence; pages lying on their side reach 34 to 37, upright ones 86
_LEAST_WORDS = 3
_JUNK = 12.0  # confidence below which a lone mark is dirt
_RULES = frozenset("-–—_=~|.,:;'`‘’°")

Matrix = NDArray[np.float64]


@dataclass(slots=True)
class Reading:
    """What one pass of OCR found: lines in pixels of the picture that was read, and the matrix to get there."""

    lines: list[list[OcrWord]]
    matrix: Matrix  # from the page's picture to the one that was read
    scale: float  # pixels of the picture that was read in one point

    @property
    def confidence(self) -> float:
        """Mean over the words, longer ones counting more; 0 without words."""
        words = [word for line in self.lines for word in line]
        letters = sum(len(word.text) for word in words)
        return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0

    @property
    def weight(self) -> float:
        """How much was read how surely: the sum of confidence over characters."""
        return sum(word.confidence * len(word.text) for line in self.lines for word in line)


def read(engine: OcrEngine, bgr: Pixels, scale: float) -> Reading:
    """The best reading of a page's picture of `scale` pixels a point."""
    best = _best_turn(engine, clean.grey_of(bgr), scale)
    if clean.coloured(bgr):  # a stamp hides words; but coloured words are words too
        other = _best_turn(engine, clean.without_colour(bgr), scale)
        best = max(best, other, key=lambda reading: reading.weight)
    return best


def composed(reading: Reading) -> tuple[str, tuple[Word, ...], float | None]:
    """Text, words with boxes on the displayed page in points, and mean confidence (None without words)."""
    text, words = compose([_pieces(line, reading.scale) for line in reading.lines])
    back: Matrix = np.asarray(np.linalg.inv(reading.matrix), np.float64)
    placed = tuple(_placed(word, back, reading.scale) for word in words)
    confidence = round(reading.confidence, 1) if words else None
    return text, placed, confidence


def _best_turn(engine: OcrEngine, grey: Pixels, scale: float) -> Reading:
    """Read as it lies; where that is doubtful, ask which way is up and read again.

    A page that plainly lies on its side is asked first: reading it sideways takes as long and gives nothing.
    """
    if clean.lies_on_its_side(grey):
        quarters = engine.quarters(clean.prepared(grey, scale * 72)[0])
        if quarters:
            reading = _pass(engine, grey, scale, quarters)
            if reading.confidence >= _DOUBTFUL:
                return reading
    reading = _pass(engine, grey, scale, 0)
    words = sum(len(line) for line in reading.lines)
    if words >= _LEAST_WORDS and reading.confidence >= _DOUBTFUL:
        return reading
    quarters = engine.quarters(clean.prepared(grey, scale * 72)[0])
    if quarters:
        other = _pass(engine, grey, scale, quarters)
        if other.weight > reading.weight:
            return other
    return reading


def _pass(engine: OcrEngine, grey: Pixels, scale: float, quarters: int) -> Reading:
    upright, matrix = clean.turned(grey, quarters)
    ready, factor = clean.prepared(upright, scale * 72)
    angle = clean.skew(ready)
    matrix = np.diag([factor, factor, 1.0]) @ matrix
    if angle:
        ready, straight = clean.straightened(ready, angle)
        matrix = straight @ matrix
    lines = engine.lines(ready, scale * factor * 72)
    return Reading([kept for line in lines if (kept := _without_dirt(line))], matrix, scale * factor)


def _without_dirt(line: list[OcrWord]) -> list[OcrWord]:
    """A line without the marks that Tesseract itself does not believe in; rules and edges are no line."""
    if all(set(word.text) <= _RULES for word in line):
        return []
    return [word for word in line if word.confidence > _JUNK or any(c.isalnum() for c in word.text)]


def _pieces(line: list[OcrWord], scale: float) -> list[Piece]:
    return [Piece(w.text, w.x0 / scale, w.y0 / scale, w.x1 / scale, w.y1 / scale, round(w.confidence, 1)) for w in line]


def places(reading: Reading) -> dict[int, tuple[float, float, float, float]]:
    """Where each word (by its `id`) stands on the displayed page, in points."""
    back: Matrix = np.asarray(np.linalg.inv(reading.matrix), np.float64)
    return {
        id(word): _back(word.x0, word.y0, word.x1, word.y1, back, reading.scale)
        for line in reading.lines
        for word in line
    }


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
