"""A picture of a page → its words: cleaned, straightened and turned for OCR, boxes on the page as it was filed.

What of the picture's ink the first reading does not explain is looked at once more: Tesseract overlooks numbers and
marks that stand alone. What is left after that is reported, so that a page never passes for read when it was not.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest.items import Line
from legalqa.ingest.layout.lines import Piece, Row, ordered
from legalqa.ingest.layout.lines import composed as composed_rows
from legalqa.ingest.scans import clean, ink, pose, specks
from legalqa.ingest.scans.clean import Pixels
from legalqa.ingest.scans.ocr import OcrEngine, OcrError, OcrTimeout, OcrWord
from legalqa.values.document import Word

_DOUBTFUL = 70.0  # mean confidence; pages lying on their side reach 34 to 37, upright ones 86
_LEAST_WORDS = 3
_PATIENCE = 3  # times as long by the clock as a page may cost in work
_SURE, _SAMPLE_LEAST = 65.0, 60  # confidence of a few lines that are upright; letters that they have at least
_MARKS_MOST = 16  # of one page that are looked at again
_MARK_SURE = 60.0  # confidence of a word that was overlooked at first
_MARK_TALL, _MARK_SENTENCE = 0.5, 4  # of its ink's height that a word spans; words that are believed by their mean
_APART = 2.0  # points between words at the least
_MARGIN = 5.0  # points around it
_LABEL_LONGEST, _LABEL_GAP = 6, 5.0  # characters of a number that hangs left of its line; heights of that line apart
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
    """A page's picture as it is to be read, but for turns; its outline, how far it grew, pixels in a point before."""

    ready: Pixels
    outline: Pixels
    factor: float
    scale: float

    @property
    def dpi(self) -> float:
        """Pixels an inch of the picture."""
        return self.scale * self.factor * 72


@dataclass(frozen=True, slots=True)
class Composed:
    """Text that was read from a picture; spans count from its beginning, boxes are points of the displayed page."""

    text: str
    words: tuple[Word, ...]
    lines: tuple[Line, ...]
    confidence: float | None  # mean; None without words


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


def _best_turn(engine: OcrEngine, grey: Pixels, scale: float, clock: Clock) -> Reading:
    """Read as it seems to lie; where that is doubtful, ask Tesseract which way is up and read again.

    A page that seems to lie on its side or head is asked first: reading it sideways takes as long and gives nothing.
    """
    ready, factor = clean.prepared(grey, scale * 72)
    outline = pose.outline(ready)
    seen = _Seen(ready, outline, factor, scale)
    asked = pose.lies_on_its_side(outline) or pose.stands_on_its_head(outline)
    quarters = _upright(engine, seen, clock) if asked else 0
    reading = _pass(engine, seen, quarters, clock)
    words = sum(len(line) for line in reading.lines)
    if words >= _LEAST_WORDS and reading.confidence >= _DOUBTFUL:
        return reading
    try:
        other = engine.quarters(ready) or 0
        if other != quarters:
            return max(reading, _pass(engine, seen, other, clock), key=lambda reading: reading.weight)
    except OcrError:
        reading.late = True
    return reading


def _upright(engine: OcrEngine, seen: _Seen, clock: Clock) -> int:
    """How many quarter turns bring the page upright: a few lines are read both ways, then Tesseract is asked.

    Reading them is cheaper than asking, and sure: upright lines reach a confidence of 74 to 96, others of 25 to 38.
    """
    sideways = int(pose.lies_on_its_side(seen.outline))
    outline = clean.turned(seen.outline, sideways)[0]
    begin, end = pose.sample(outline)
    level = clean.turned(seen.ready, sideways)[0]
    few = level[int(begin * len(level)) : int(end * len(level))]
    for over in (2, 0) if sideways and pose.stands_on_its_head(outline) else (0, 2):
        lines = engine.lines(clean.turned(few, over)[0], seen.dpi, clock.left, True)
        letters = sum(len(word.text) for line in lines for word in line)
        if letters >= _SAMPLE_LEAST and specks.confidence([word for line in lines for word in line]) >= _SURE:
            return sideways + over
    return engine.quarters(seen.ready) or 0


def _pass(engine: OcrEngine, seen: _Seen, quarters: int, clock: Clock) -> Reading:
    ready, turn = clean.turned(seen.ready, quarters)
    outline, _ = clean.turned(seen.outline, quarters)
    matrix = turn @ np.diag([seen.factor, seen.factor, 1.0])
    angle = pose.skew(outline)
    if angle:
        ready, straight = clean.straightened(ready, angle)
        outline, _ = clean.straightened(outline, angle)
        matrix = straight @ matrix
    column = pose.one_column(outline)
    lines = engine.lines(ready, seen.dpi, clock.left, column)
    stamp = clean.stamped(ready)
    if stamp is not None:
        erased = np.where(stamp, np.uint8(255), ready)
        without = engine.lines(erased, seen.dpi, clock.left, column)
        if _weight(without) > _STAMP_GAIN * _weight(lines):  # else it is a large heading, or a black box
            lines, ready = _beneath(without, lines, stamp), erased
    kept = [kept for line in lines if (kept := specks.cleaned(line))]
    return Reading([_with_bullets(line, ready) for line in kept], matrix, seen.dpi / 72, ready)


def _look_again(engine: OcrEngine, reading: Reading, clock: Clock) -> None:
    """Read alone what may be words that were overlooked, and measure the ink that is left after that."""
    small = clean.small(reading.picture, 1 / reading.scale)
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
