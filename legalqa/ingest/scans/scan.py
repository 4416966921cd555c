"""A picture of a page → its words: cleaned, straightened and turned for OCR, boxes on the page as it was filed.

What of the picture's ink the first reading does not explain is looked at once more: Tesseract overlooks numbers and
marks that stand alone. What is left after that is reported, so that a page never passes for read when it was not.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest.scans import clean, ink, numerals, pose, specks
from legalqa.ingest.scans.clean import Pixels
from legalqa.ingest.scans.ocr import OcrEngine, OcrError, OcrTimeout, OcrWord

_DOUBTFUL = 70.0  # mean confidence; pages lying on their side reach 34 to 37, upright ones 86
_LEAST_WORDS = 3
_PATIENCE = 3  # times as long by the clock as a page may cost in work
_SURE, _SAMPLE_LEAST = 65.0, 40  # confidence of a few lines that are upright; letters that they have at least
_MARKS_MOST = 16  # of one page that are looked at again
_MARK_SURE = 60.0  # confidence of a word that was overlooked at first
_MARK_TALL, _MARK_SENTENCE = 0.5, 4  # of its ink's height that a word spans; words that are believed by their mean
_APART = 2.0  # points between words at the least
_MARGIN = 5.0  # points around it
_LINE_SURE, _FIRST_SURE, _AROUND = 65.0, 40.0, 6  # confidence of a line, and of its first word; pixels around it
_DOUBTED_MOST = 0.25  # share of a page's lines
_STAMP_GAIN, _STAMP_SURE, _STAMP_INK = 1.02, 80.0, 0.15  # weight that erasing must add; surely a stamp's own word
_UNDER_STAMP = 50.0  # the most that a word under a stamp is believed: fewer than half of such words are right
_BULLET = 0.62  # share of ink in the box of a mark that is a dot, not a letter
_TAKEN_FOR_BULLETS = frozenset("e@®©o*¢°•¢®")

Matrix = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]


@dataclass(slots=True)
class Reading:
    """What one pass of OCR found: lines in pixels of the picture that was read, and the matrix to get there."""

    lines: list[list[OcrWord]]
    matrix: Matrix  # from the page's picture to the one that was read
    scale: float  # pixels of the picture that was read in one point
    picture: Pixels = field(default_factory=lambda: np.zeros((0, 0), np.uint8), repr=False)  # the one that was read
    left: ink.Ink = ink.Ink(0, 0)  # noqa: RUF009 - frozen
    frames: list[Rectangle] = field(default_factory=list)  # around stamps; points of the picture that was read
    late: bool = False  # time ran out before all was tried

    @property
    def confidence(self) -> float:
        """Mean over the words, longer ones counting more; 0 without words."""
        return specks.confidence([word for line in self.lines for word in line])

    @property
    def weight(self) -> float:
        """How much was read how surely: the sum of confidence over characters."""
        return _weight(self.lines)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page's picture as it is to be read, but for turns; pixels in a point before it grew."""

    ready: clean.Prepared
    scale: float

    @property
    def dpi(self) -> float:
        """Pixels an inch of the picture."""
        return self.scale * self.ready.factor * 72


class Clock:
    """How much of the time that a page may take is left: of the work that it may cost, however busy the machine is."""

    def __init__(self, seconds: float) -> None:
        self._most, self._latest = _worked() + seconds, time.monotonic() + _PATIENCE * seconds

    @property
    def left(self) -> float:
        """Seconds. Raises OcrTimeout when there are none."""
        left = min(self._most - _worked(), self._latest - time.monotonic())
        if left <= 0:
            raise OcrTimeout
        return left


def _worked() -> float:
    """Seconds of processor time of this process, and of the programs that it has run."""
    return sum(os.times()[:4])


def read(engine: OcrEngine, bgr: Pixels, scale: float, clock: Clock) -> Reading:
    """The best reading of a picture of `scale` pixels a point. Raises OcrError if it could not be read at all."""
    best = _best_turn(engine, clean.grey_of(bgr), scale, clock)
    try:
        if clean.coloured(bgr):  # a stamp hides words; but coloured words are words too
            other = _best_turn(engine, clean.without_colour(bgr), scale, clock)
            best = max(best, other, key=lambda reading: reading.weight)
        _look_again(engine, best, clock)
    except OcrError:
        best.late = True
    return best


def shifted(reading: Reading, x: float, y: float) -> Reading:
    """The reading of a picture that was cut out of another at pixel (x, y), as one of that other."""
    reading.matrix = reading.matrix @ np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], np.float64)
    return reading


def _best_turn(engine: OcrEngine, grey: Pixels, scale: float, clock: Clock) -> Reading:
    """Read as it seems to lie; where that is doubtful, ask Tesseract which way is up and read again.

    A page that seems to lie on its side or head is asked first: reading it sideways takes as long and gives nothing.
    """
    seen = _Seen(clean.prepared(grey, scale * 72), scale)
    outline = seen.ready.outline
    asked = pose.lies_on_its_side(outline) or pose.stands_on_its_head(outline)
    quarters = _upright(engine, seen, clock) if asked else 0
    reading = _pass(engine, seen, quarters, clock)
    words = sum(len(line) for line in reading.lines)
    if words >= _LEAST_WORDS and reading.confidence >= _DOUBTFUL:
        return reading
    try:
        other = engine.quarters(_middle(seen.ready.picture)) or 0
        if other != quarters:
            return max(reading, _pass(engine, seen, other, clock), key=lambda reading: reading.weight)
    except OcrError:
        reading.late = True
    return reading


def _upright(engine: OcrEngine, seen: _Seen, clock: Clock) -> int:
    """How many quarter turns bring the page upright: a few lines are read both ways, then Tesseract is asked.

    Reading them is cheaper than asking, and sure: upright lines reach a confidence of 74 to 96, others of 25 to 38.
    """
    sideways = int(pose.lies_on_its_side(seen.ready.outline))
    outline = clean.turned(seen.ready.outline, sideways)[0]
    begin, end = pose.sample(outline)
    level = clean.turned(seen.ready.picture, sideways)[0]
    few = level[int(begin * len(level)) : int(end * len(level))]
    left, _, right, _ = clean.inked(few)
    few = few[:, left + (right - left) // 5 : right - (right - left) // 5]
    for over in (2, 0) if sideways and pose.stands_on_its_head(outline) else (0, 2):
        lines = _lines(engine, clean.turned(few, over)[0], seen.dpi, clock, seen.ready.narrow)
        letters = sum(len(word.text) for line in lines for word in line)
        if letters >= _SAMPLE_LEAST and specks.confidence([word for line in lines for word in line]) >= _SURE:
            return sideways + over
    return engine.quarters(_middle(seen.ready.picture)) or 0


def _middle(picture: Pixels) -> Pixels:
    """Half of a picture: as many letters as Tesseract needs to tell which way is up."""
    height, width = picture.shape
    return picture[height // 7 : height - height // 7, width // 7 : width - width // 7]


def _pass(engine: OcrEngine, seen: _Seen, quarters: int, clock: Clock) -> Reading:
    ready, turn = clean.turned(seen.ready.picture, quarters)
    outline, _ = clean.turned(seen.ready.outline, quarters)
    matrix = turn @ np.diag([seen.ready.factor, seen.ready.factor, 1.0])
    angle = pose.skew(outline)
    if angle:
        ready, straight = clean.straightened(ready, angle)
        outline, _ = clean.straightened(outline, angle)
        matrix = straight @ matrix
    column = pose.one_column(outline)
    stamp = clean.stamped(ready) if seen.ready.stamp else None
    narrow = None if not column else seen.ready.narrow if stamp is None else 1.0
    lines = _lines(engine, ready, seen.dpi, clock, narrow)
    if stamp is not None:
        erased = np.where(stamp, np.uint8(255), ready)
        without = _lines(engine, erased, seen.dpi, clock, narrow)
        if _weight(without) > _STAMP_GAIN * _weight(lines):  # else it is a large heading, or a black box
            lines, ready = _beneath(without, lines, stamp), erased
    kept = [kept for line in lines if (kept := specks.cleaned(line))]
    kept = numerals.in_sequence([_with_bullets(line, ready) for line in kept])
    return Reading(kept, matrix, seen.dpi / 72, ready)


def _lines(
    engine: OcrEngine, picture: Pixels, dpi: float, clock: Clock, narrow: float | None
) -> list[list[OcrWord]]:  # fmt: skip
    """Words in pixels of the picture. Text in one column is shown without margins, and with a part of its width.

    Most of what OCR takes goes by the length of the lines, and most letters are known as well when they are narrower.
    Where columns have to be told apart, `narrow` is None and nothing is changed.
    """
    if narrow is None:
        return engine.lines(picture, dpi, clock.left)
    whole = 0, 0, picture.shape[1], picture.shape[0]
    left, top, right, bottom = clean.inked(picture) if narrow < 1 else whole
    shown = clean.narrower(picture[top:bottom, left:right], narrow)
    found = engine.lines(shown, dpi, clock.left, column=True)
    lines = [[_moved(replace(w, x0=w.x0 / narrow, x1=w.x1 / narrow), left, top) for w in line] for line in found]
    doubted = {number for number, line in enumerate(lines) if _doubted_line(line)}
    if len(doubted) > _DOUBTED_MOST * len(lines):  # it is not their width
        return lines
    return [_as_wide(engine, picture, dpi, clock, x) if n in doubted else x for n, x in enumerate(lines)]


def _doubted_line(line: list[OcrWord]) -> bool:
    """Whether a line that was read narrow is to be read as wide as it is."""
    return specks.confidence(line) < _LINE_SURE or line[0].confidence < _FIRST_SURE


def _as_wide(engine: OcrEngine, picture: Pixels, dpi: float, clock: Clock, line: list[OcrWord]) -> list[OcrWord]:
    """The surer of a line and what is read in its place at the picture's own width."""
    left, top = (max(int(min(getattr(w, side) for w in line)) - _AROUND, 0) for side in ("x0", "y0"))
    right, bottom = (int(max(getattr(w, side) for w in line)) + _AROUND for side in ("x1", "y1"))
    try:
        row = [_moved(w, left, top) for w in engine.row(picture[top:bottom, left:right], dpi, clock.left)]
    except OcrError:  # what is known of it is not lost
        return line
    return max(line, row, key=specks.confidence)


def _look_again(engine: OcrEngine, reading: Reading, clock: Clock) -> None:
    """Read alone what may be words that were overlooked, and measure the ink that is left after that."""
    small = pose.small(reading.picture, 1 / reading.scale)
    known = _boxes(reading)
    reading.frames = ink.frames(small)
    places = [place for place in ink.marks(small, known) if not _touches(place, known)][:_MARKS_MOST]
    hidden = ink.without(reading.picture, ((w.x0, w.y0, w.x1, w.y1) for line in reading.lines for w in line))
    for x0, y0, x1, y1 in places:
        left, top = (max(round((value - _MARGIN) * reading.scale), 0) for value in (x0, y0))
        right, bottom = (round((value + _MARGIN) * reading.scale) for value in (x1, y1))
        row = engine.row(hidden[top:bottom, left:right], reading.scale * 72, clock.left)
        if _overlooked(row, (y1 - y0) * reading.scale):
            reading.lines.append([_moved(word, left, top) for word in row])
    reading.left = ink.measured(small, _boxes(reading))


def _touches(place: Rectangle, known: list[Rectangle]) -> bool:
    """Whether ink (in points) goes on from a known word: a piece of its last letter, or dirt beside it."""
    x0, y0, x1, y1 = place
    return any(x0 < k[2] + _APART and x1 > k[0] - _APART and y0 < k[3] and y1 > k[1] for k in known)


def _overlooked(row: list[OcrWord], height: float) -> bool:
    """Whether what was read of ink `height` pixels tall is text that the first reading overlooked, not dirt."""
    tall = max((word.y1 - word.y0 for word in row), default=0.0)
    if tall < _MARK_TALL * height or not any(c.isalnum() for word in row for c in word.text):
        return False
    if len(row) >= _MARK_SENTENCE:
        return specks.confidence(row) >= _MARK_SURE
    return all(word.confidence >= _MARK_SURE and any(c.isalnum() for c in word.text) for word in row)


def _weight(lines: list[list[OcrWord]]) -> float:
    """How much was read how surely: the sum of confidence over characters."""
    return sum(word.confidence * len(word.text) for line in lines for word in line)


def _beneath(
    without: list[list[OcrWord]], plain: list[list[OcrWord]], stamp: NDArray[np.bool_]
) -> list[list[OcrWord]]:  # fmt: skip
    """Lines read without the stamp, those that it covered doubted; and what of the stamp itself was surely read."""
    lines = [[_doubted(word, stamp) for word in line] for line in without]
    known = [word for line in lines for word in line]
    for line in plain:
        own = [
            word
            for word in line
            if word.confidence >= _STAMP_SURE
            and _covered(word, stamp) > _STAMP_INK
            and not any(word.x0 < k.x1 and word.x1 > k.x0 and word.y0 < k.y1 and word.y1 > k.y0 for k in known)
        ]
        if own:
            lines.append(own)
    return lines


def _covered(word: OcrWord, stamp: NDArray[np.bool_]) -> float:
    box = stamp[int(word.y0) : int(word.y1) + 1, int(word.x0) : int(word.x1) + 1]
    return float(box.mean()) if box.size else 0.0


def _doubted(word: OcrWord, stamp: NDArray[np.bool_]) -> OcrWord:
    """The word; one that a stamp covered in part is never more than doubtful."""
    if not _covered(word, stamp):
        return word
    return OcrWord(word.text, word.x0, word.y0, word.x1, word.y1, min(word.confidence, _UNDER_STAMP))


def _boxes(reading: Reading) -> list[Rectangle]:
    """Boxes of the words in points of the picture that was read."""
    s = reading.scale
    return [(w.x0 / s, w.y0 / s, w.x1 / s, w.y1 / s) for line in reading.lines for w in line]


def _moved(word: OcrWord, x: float, y: float) -> OcrWord:
    return OcrWord(word.text, word.x0 + x, word.y0 + y, word.x1 + x, word.y1 + y, word.confidence)


def _with_bullets(line: list[OcrWord], picture: Pixels) -> list[OcrWord]:
    """A line whose first mark is a dot full of ink begins with a bullet; Tesseract takes it for an "e"."""
    first = line[0]
    if len(line) > 1 and first.text in _TAKEN_FOR_BULLETS:
        box = picture[int(first.y0) : int(first.y1) + 1, int(first.x0) : int(first.x1) + 1]
        if box.size and float((box < 128).mean()) > _BULLET:
            return [OcrWord("•", first.x0, first.y0, first.x1, first.y1, first.confidence), *line[1:]]
    return line
