"""Does a page need OCR? Ink that no word of the text layer explains, or a text layer that is no language, says so.

Rule and thresholds: measured on 214 hand-labelled pages (96.7% right, 96.9% of the pages that need OCR found). The page
is drawn at 72 pixels an inch, its known words are painted over, and components of the size of letters that are left
in rows are counted. Wrong decisions cost time only: OCR words never replace a text layer that is sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Sizes = NDArray[np.int32] | NDArray[np.float32]
Rectangle = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels of a picture with 72 of them an inch: points
LETTERS_LEFT, SHARE_LEFT = 15, 0.08  # components in rows that no word explains: at least, and of all components
FEW_CHARACTERS = 5
MANY_PATHS = 50  # letters may be drawn as paths
_DARK = 160
_PALE_AROUND, _PALE_PAPER, _PALE_INK, _PALE_RANGE = 9, 190, 120, 40  # pixels; grey of paper and of ink; between them
_PALE_SHARE = 0.6  # of the way from ink to paper is still ink
_LEAST_AREA = 4  # pixels of a letter
_SIZES = ((3, 30, 80, 8), (31, 90, 120, 24))  # pixels: least and most height and most width of letters, row's height
_SOLID, _SOLID_LEAST = 0.95, 4  # share of its box that a dash or a square fills; its thinner side in pixels
_ROW_LEAST = 4  # components whose centres lie in one row
_COMPONENTS_MOST, _COMPANY = 1500, 3
_BESIDE, _BELOW = 14, 22  # pixels between letters of one block of text; three times as many where they are large
_BLOCK_LEAST = 6  # letters
_MARK_GAP, _MARK_TALLEST, _MARK_AREA = 9, 24, 6  # pixels: between letters of a word that was overlooked; its size
_FRAME_WIDE, _FRAME_TALL = (60, 260), (24, 120)  # pixels of a stamp's frame
_FRAME_INK, _FRAME_CLOSED = 0.35, 0.6  # share of its box: ink at the most, area within its outline at the least
_GARBLED, _GARBLED_HIDDEN = 0.62, 0.87  # share of common letter pairs; stricter where the text is mostly invisible
_PAIRS_LEAST = 50
_BROKEN_MOST = 0.1  # share of characters without a meaning
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff]")
_LATIN = re.compile(r"[a-z]{2,}")
# The 180 commonest letter pairs of 68 English texts. On 1,500-character windows of 90 others: 93% of the pairs of half
# of them and never under 77%; under a random alphabet never over 56%.
_COMMON = frozenset(
    re.findall(
        "..",
        "thinanreerheorontienntattenditesioaltoofedcomesearctdeceishangecrilinsicprllpalestsurovediasnychrtem"
        "matseeacraomfosiurotpencwitahineeatylaagieiabeucfishgrnovicanaelouilidunetrmivbltrssrsplmpabusposoge"
        "lyutaiexirmiclbyolovloigduimdacihoniodosapcufeppulefadryayquifffepspoprdgaubeinfuasaocegrclutuowevam"
        "mouiwhvammsceqrrptpuudttldghueaudofarpawupccavbrbuafwaxcbium",
    )
)


@dataclass(frozen=True, slots=True)
class Ink:
    """Letter-sized components in rows that no known word covers, and all of them (0 unless that matters)."""

    total: int
    left: int

    @property
    def unexplained(self) -> bool:
        """Whether so much is left that a text layer must be missing words."""
        return self.left >= LETTERS_LEFT and self.left > SHARE_LEFT * self.total


def measured(grey: Pixels, boxes: Iterable[Rectangle]) -> Ink:
    """Ink of a page drawn at 72 pixels an inch; boxes of the known words in the same pixels (that is, points)."""
    grey = inked(grey)
    masked = without(grey, boxes)
    if int((masked < _DARK).sum()) < LETTERS_LEFT * _LEAST_AREA:
        return Ink(0, 0)  # most pages: no ink is left that need be looked at
    found = _letters(masked)
    return Ink(_letters(grey) if found >= LETTERS_LEFT else 0, found)


def inked(grey: Pixels) -> Pixels:
    """The picture with pale letters made black: a faded copy's are darker than their paper, but not dark."""
    import cv2

    around = np.ones((_PALE_AROUND, _PALE_AROUND), np.uint8)
    paper, ink = cv2.dilate(grey, around), cv2.erode(grey, around)
    range_ = paper - ink
    pale = (paper >= _PALE_PAPER) & (ink >= _PALE_INK) & (range_ >= _PALE_RANGE) & (grey < ink + _PALE_SHARE * range_)
    out = grey.copy()
    out[pale] = 0
    return out


def without(grey: Pixels, boxes: Iterable[Rectangle], margin: int = 1) -> Pixels:
    """The picture with white over the boxes and `margin` pixels around them."""
    masked = grey.copy()
    height, width = grey.shape[:2]
    for x0, y0, x1, y1 in boxes:
        left, top = max(int(x0) - margin, 0), max(int(y0) - margin, 0)
        masked[top : max(min(int(y1) + 1 + margin, height), 0), left : max(min(int(x1) + 1 + margin, width), 0)] = 255
    return masked


def blocks(grey: Pixels, boxes: Iterable[Rectangle]) -> list[Rectangle]:
    """Where text stands that no known word covers: one rectangle a block of rows, from the top."""
    found = _letter_boxes(without(inked(grey), boxes))
    large = found[:, 3] > _SIZES[0][1]
    groups = [
        *_together(found[~large], grey.shape, _BESIDE, _BELOW),
        *_together(found[large], grey.shape, 3 * _BESIDE, 3 * _BELOW),
    ]
    return sorted(
        (place for place, letters in groups if letters >= _BLOCK_LEAST), key=lambda place: (place[1], place[0])
    )


def marks(grey: Pixels, boxes: Iterable[Rectangle]) -> list[Rectangle]:
    """Where a word or a number may stand alone that no known word covers: a page number, "(c)". Longest first."""
    width, height, area, stats, _ = _components(without(grey, boxes))
    sized = (height >= 4) & (height <= _MARK_TALLEST) & (width <= 40) & (area >= _MARK_AREA) & (width < 6 * height)
    found = _together(stats[sized], grey.shape, _MARK_GAP, 1)
    return sorted((place for place, _ in found if place[3] - place[1] <= _MARK_TALLEST), key=lambda p: p[0] - p[2])


def frames(grey: Pixels) -> list[Rectangle]:
    """Outlines of the size of a stamp, such as stand around "RECEIVED": closed, with paper between line and text."""
    import cv2

    dark = (grey < _DARK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    found: list[Rectangle] = []
    for label, (x, y, width, height, area) in enumerate(stats.tolist()):
        sized = _FRAME_WIDE[0] <= width <= _FRAME_WIDE[1] and _FRAME_TALL[0] <= height <= _FRAME_TALL[1]
        if not label or not sized or width >= grey.shape[1] / 2 or area > _FRAME_INK * width * height:
            continue
        own = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        outlines, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        if max(cv2.contourArea(outline) for outline in outlines) > _FRAME_CLOSED * width * height:
            found.append((float(x), float(y), float(x + width), float(y + height)))
    return found


def may_hold_text(grey: Pixels) -> bool:
    """Whether a picture of about 1,000 pixels a side has anything that could be text, whichever way it lies.

    Three components of like height close together in a row, or column, dark on light or light on dark. Photographs
    and dotted patterns pass as well; a plain drawing or a few boxes do not.
    """
    for picture in (grey, 255 - grey, inked(grey)):
        width, height, area, stats, _ = _components(picture)
        stats = stats[~_solid(width, height, area)][:_COMPONENTS_MOST]
        for across, along in ((0, 1), (1, 0)):
            if _in_company(stats[:, across], stats[:, 2 + across], stats[:, along], stats[:, 2 + along]):
                return True
    return False


def _in_company(x: Sizes, width: Sizes, y: Sizes, height: Sizes) -> bool:
    """Whether some component has two others of its height close by in its row."""
    sized = (height >= 4) & (height <= 100) & (width >= 1) & (width <= 150)
    x, width, y, height = (values[sized].astype(np.float32) for values in (x, width, y, height))
    if len(x) < 3:
        return False
    middle, tall = y + height / 2, np.maximum(height[:, None], height[None, :])
    level = np.abs(middle[:, None] - middle[None, :]) < 0.4 * tall
    alike = tall < 2 * np.minimum(height[:, None], height[None, :])
    apart = np.maximum(x[:, None], x[None, :]) - np.minimum((x + width)[:, None], (x + width)[None, :])
    mates = level & alike & (apart < 1.5 * tall) & (apart > -0.3 * tall)
    np.fill_diagonal(mates, False)
    return int((mates.sum(axis=1) >= 2).sum()) >= _COMPANY


def garbled(text: str, hidden: float, english: bool) -> bool:
    """Whether a text layer is no language. `hidden` is the share of invisible text, `english` whether that is expected.

    Without enough Latin letters it cannot be told, and the layer is believed.
    """
    if broken(text):
        return True
    solid = "".join(text.split())
    if sum(ord(c) > 0xFF and ord(c) & 0xFF == 0 for c in solid) > 0.5 * len(solid):
        return True  # the bytes of every character changed places
    pairs = [word[i : i + 2] for word in _LATIN.findall(text.lower()) for i in range(len(word) - 1)]
    if not english or len(pairs) < _PAIRS_LEAST:
        return False
    share = sum(pair in _COMMON for pair in pairs) / len(pairs)
    return share < (_GARBLED_HIDDEN if hidden > 0.5 else _GARBLED)


def broken(text: str) -> bool:
    """Whether too many of a text layer's characters have no meaning: its font does not say which they are."""
    solid = "".join(text.split())
    return len(_BROKEN.findall(solid)) > _BROKEN_MOST * len(solid)


def _letters(grey: Pixels) -> int:
    """Components of the size of letters that have company in their row."""
    return len(_letter_boxes(grey))


def _letter_boxes(grey: Pixels) -> NDArray[np.int32]:
    """Left, top, width and height of the components that have the size of letters and company in their row."""
    width, height, area, stats, middles = _components(grey)
    drawn = ~_solid(width, height, area)
    found = [stats[:0]]
    for least, most, widest, row in _SIZES:
        sized = (height >= least) & (height <= most) & (width <= widest) & (area >= _LEAST_AREA) & drawn
        rows = (middles[sized] / row).astype(np.int64)
        if len(rows):
            found.append(stats[sized][np.bincount(rows)[rows] >= _ROW_LEAST])
    return np.asarray(np.concatenate(found), np.int32)


def _solid(width: NDArray[np.int32], height: NDArray[np.int32], area: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which components are dashes or squares: they fill their boxes, and are thicker than the stem of an "l"."""
    return (area >= _SOLID * width * height) & (np.minimum(width, height) >= _SOLID_LEAST)


def _components(grey: Pixels) -> tuple[NDArray[np.int32], ...]:
    """Widths, heights and areas of what is dark, its boxes (left, top, width, height), and how far down it is."""
    import cv2

    dark = (grey < _DARK).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=8)
    found = np.asarray(stats[1:], np.int32)
    return found[:, 2], found[:, 3], found[:, 4], found[:, :4], np.asarray(centres[1:, 1], np.int32)


def _together(
    found: NDArray[np.int32], shape: tuple[int, ...], beside: int, below: int
) -> list[tuple[Rectangle, int]]:  # fmt: skip
    """Rectangles around boxes that lie close to one another, with the number of boxes in each, from the top."""
    import cv2

    drawn = np.zeros(shape[:2], np.uint8)
    for x, y, width, height in found:
        drawn[y : y + height, x : x + width] = 1
    joined = cv2.morphologyEx(
        drawn, cv2.MORPH_CLOSE, np.ones((below, beside), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.maximum(joined, drawn), connectivity=8)
    counts = np.bincount([int(labels[y, x]) for x, y, _, _ in found], minlength=len(stats))
    places = [
        (tuple(map(float, (x, y, x + w, y + h))), int(n)) for (x, y, w, h, _), n in zip(stats, counts, strict=True)
    ]
    return sorted(((p, n) for p, n in places[1:] if n), key=lambda found: (found[0][1], found[0][0]))  # type: ignore[misc]
