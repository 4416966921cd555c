"""How a page lies: told from an outline of its picture, in which lines of text can be told apart but no letters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_SIDE = 800  # pixels of the outline's longer side
_SKEWED = 0.4  # degrees
_STEEPEST = 7.0  # degrees looked for
_STRIPS = 48  # upright strips of the page whose lines are shifted against one another
_ON_ITS_HEAD = 0.8  # of the ink below lines that stands above them; upright pages from 0.9, mostly 1 to 5
_BANDS, _GUTTER, _SIDE_LEAST = 6, 0.012, 0.2  # of the page's height looked at at once; of the text's width
_SAMPLE = 0.06  # of the page's height: three to four lines of text


def outline(grey: Pixels) -> Pixels:
    """The picture so small that only lines can be told, for what is asked of the page as a whole."""
    factor = _SIDE / max(grey.shape)
    return grey if factor >= 1 else small(grey, factor)


def small(grey: Pixels, factor: float) -> Pixels:
    """The picture made smaller."""
    import cv2

    height, width = grey.shape
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    while factor <= 0.5 and min(grey.shape) > 2:  # halves are averaged ten times as fast as odd shares
        even = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2]
        grey = np.asarray(cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        factor *= 2
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def skew(grey: Pixels) -> float:
    """The angle in degrees by which an outline's lines fall to the right; 0.0 for what need not be corrected.

    The angle at which the picture's row sums differ most from row to row (projection profile; Postl, 1986). The page is
    cut into upright strips, whose row sums are shifted by the angle: all angles together take about 3 ms.
    """
    import cv2

    ink = np.asarray(255 - grey, np.float32)
    ink[ink < 40] = 0
    if not ink.any():
        return 0.0
    strips = np.asarray(cv2.resize(ink, (_STRIPS, len(ink)), interpolation=cv2.INTER_AREA), np.float32)
    width = grey.shape[1] / _STRIPS
    best = 0.0
    for reach, step in ((_STEEPEST, 0.5), (0.5, 0.1)):
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda angle: _sharpness(strips, width, float(angle))))
    return best if _SKEWED < abs(best) <= _STEEPEST else 0.0


def _sharpness(strips: NDArray[np.float32], width: float, angle: float) -> float:
    """How much the row sums differ from row to row when strips, each `width` pixels wide, are shifted by the angle."""
    import cv2

    fall = np.tan(np.radians(angle)) * width  # pixels from strip to strip
    matrix = np.array([[1, 0, 0], [-fall, 1, fall * _STRIPS / 2]], np.float64)
    rows = cv2.warpAffine(strips, matrix, strips.shape[::-1], flags=cv2.INTER_LINEAR).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


def lies_on_its_side(grey: Pixels) -> bool:
    """Whether an outline's lines seem to run from top to bottom: columns differ more from one another than rows."""
    ink = np.asarray(255 - grey, np.float32)
    rows, columns = (np.square(np.diff(ink.mean(axis=axis))).mean() for axis in (1, 0))
    return bool(columns > 1.5 * rows)


def sample(grey: Pixels) -> tuple[float, float]:
    """Which part of an outline with level lines has the densest text: shares of its height, from and to."""
    edges = np.abs(np.diff(grey.astype(np.int16), axis=1)).sum(axis=1)
    height = len(edges)
    tall = max(round(_SAMPLE * height), 1)
    sums = np.convolve(edges, np.ones(tall), "valid")
    begin = int(sums.argmax())
    return begin / height, (begin + tall) / height


def one_column(grey: Pixels) -> bool:
    """Whether no upright strip of white parts the text, in any band of an outline; tables and columns have one.

    Tesseract then need not look for columns: it takes less time, and keeps the numbers that hang left of their lines.
    """
    dark = grey < 160
    columns = np.flatnonzero(dark.any(axis=0))
    if not len(columns):
        return True
    left, width = int(columns[0]), int(columns[-1] - columns[0] + 1)
    for band in np.array_split(dark[:, left : left + width], _BANDS):
        rows = band[band.any(axis=1)]
        if len(rows) < len(band) // 3:
            continue  # a line or two
        inked = np.pad(rows.mean(axis=0) > 0.01, 1, constant_values=True)
        edges = np.diff(inked.astype(np.int8))
        for begin, end in zip(np.flatnonzero(edges == -1), np.flatnonzero(edges == 1), strict=True):
            inside = begin > _SIDE_LEAST * width and end < (1 - _SIDE_LEAST) * width
            if inside and end - begin > _GUTTER * width:
                return False
    return True


def stands_on_its_head(grey: Pixels) -> bool:
    """Whether letters seem to reach further below their lines than above: more of them have ascenders.

    A hint only, for pages that lie upright or on their head; on 4 of 52 upright pages it is wrong.
    """
    dark = 255 - np.asarray(grey, np.float32)
    dark[dark < 60] = 0
    above = below = 0.0
    for strip in np.array_split(dark, 6, axis=1)[1:5]:  # narrow enough not to mind a little skew
        rows = strip.mean(axis=1)
        if not rows.any():
            continue
        body = rows > 0.5 * np.percentile(rows[rows > 0], 95)
        edges = np.diff(np.pad(body.astype(np.int8), 1))
        for top, bottom in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
            height = int(bottom - top)
            if 2 <= height <= 12:
                above += float(rows[max(top - height, 0) : top].sum())
                below += float(rows[bottom : bottom + height].sum())
    return above < _ON_ITS_HEAD * below
