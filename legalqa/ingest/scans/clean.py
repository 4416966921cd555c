"""Cleaning of page pictures before OCR: each step only where a measurement asks for it.

Triggers and gains were measured on degraded pages (character error rate without → with): skew of 2° 3.1 → 0.5%, noise
3.3 → 0.7%, fax 1.5 → 0.6%, shading 40.6 → 0.5%, red stamp 10.9 → 0.9%. Adaptive thresholds and Otsu made noise worse
and are not used. All checks together cost 5 to 8% of the time of OCR.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest.scans import fax, pose

Pixels = NDArray[np.uint8]
OCR_DPI = 300.0
UPSCALE_BELOW = 250.0
_READ_DPI, _LETTER = 220.0, 12.0  # pixels an inch that suffice; of the middle letter's height, where type is small
_OUTLINE_LETTERS = 50  # whose heights say how large the type is
_DOTS = 7.6  # of a letter's height as scanned, that are kept of its width
_NARROWEST, _NARROW = 0.77, 0.85  # shares of the width: the least; of faxes, and where letters are too few to measure
_ISOLATED = 0.02  # share of dark pixels without a dark neighbour; clean pages up to 0.6%, fax and noise from 2.8%
_FAX_BLUR = 1.7  # pixels at 300 dpi; on four harsh faxes 4.8% of characters wrong, with a median 6.9%, with none 8.7%
_RESTORED_BLUR = 1.0  # dots; of held-out contracts, faxed, 6.7% of characters wrong; with 0.7 and 1.15 dots 7.2%
_SHADED = 40  # grey levels between the page's brightest and darkest background
_STAMP_TEXT, _STAMP_TALL = 50, 2.6  # letters that a page has at least; heights of one that a stamp's strokes reach
_STAMPED_LEAST = 16  # pixels of a side of a picture in which a stamp is looked for
_SEEN, _INK, _WHITE = 3, 190, 40  # every so-many-eth pixel is looked at; grey of pale ink; pixels of margin kept
_COLOURED = 0.002  # share of pixels with a strong colour


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as OCR should see it, its outline, how far it grew, the share of its width that it needs, and whether
    a black stamp seems to lie on it.
    """

    picture: Pixels
    outline: Pixels
    factor: float
    narrow: float
    stamp: bool = False


def prepared(grey: Pixels, dpi: float) -> Prepared:
    """The picture as OCR should see it.

    Cleaned at 300 pixels an inch, read at 220: what OCR takes falls by a fifth, and on copies and faxes, whose edges
    get smoother, fewer characters are wrong. Under black stamps half as many words are read then: a page with one stays
    as large as it is. Small type is read as large as it needs. `narrow` goes by how finely the page was scanned: at
    0.77 of the width OCR takes a fifth less again, at 0.73 the stops of section numbers are lost (words of clean pages:
    0.993, 0.991 and 0.989 read).
    """
    import cv2

    whole = fax.restored(grey) if bilevel(grey) else None
    ready, factor = _cleaned(grey, dpi) if whole is None else _smoothed(whole, dpi)
    outline = pose.outline(ready)
    letter = letter_height(ready, dpi * factor, pose.lies_on_its_side(outline))
    narrow = min(max(_DOTS * factor / letter, _NARROWEST), 1.0) if letter and whole is None else _NARROW
    less = reading_dpi(letter, dpi * factor) / (dpi * factor)
    stamp = stamped(ready) is not None
    if less > 0.95 or stamp:  # the letters under a stamp need every pixel
        return Prepared(ready, outline, factor, narrow, stamp)
    smaller = cv2.resize(ready, None, fx=less, fy=less, interpolation=cv2.INTER_LINEAR)  # a third less at the most
    return Prepared(np.asarray(smaller, np.uint8), outline, factor * less, narrow)


def reading_dpi(letter: float | None, dpi: float) -> float:
    """Pixels an inch at which a picture of `dpi` is to be read: no more than it has, and what its type asks for.

    `letter` is the height of its letters in pixels, None if that is not known.
    """
    if letter is None:
        return dpi
    return min(max(_LETTER / letter * dpi, _READ_DPI), dpi)


def letter_height(grey: Pixels, dpi: float, sideways: bool) -> float | None:
    """The middle letter's height in pixels; None if the page shows too few. `sideways`: its lines run up or down."""
    import cv2

    page = np.rot90(grey) if sideways else grey
    height, width = page.shape
    if min(height, width) < dpi / 4:
        return None
    left = width * 3 // 8 if sideways else width // 4  # which way up is not known of a page on its side
    middle = page[height // 4 : height * 3 // 4, left : left + width // 4]  # as good as all of it
    blackest = float(np.percentile(middle[::4, ::4], 1))  # letters of a faded page are pale
    _, dark = cv2.threshold(middle, (blackest + 255) / 2, 1, cv2.THRESH_BINARY_INV)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    heights = stats[1:, 3][(stats[1:, 3] >= dpi / 36) & (stats[1:, 3] <= dpi / 4) & (stats[1:, 2] <= dpi / 2)]
    return float(np.median(heights)) if len(heights) >= _OUTLINE_LETTERS else None


def _cleaned(grey: Pixels, dpi: float) -> tuple[Pixels, float]:
    """The picture without what hinders OCR, and the factor by which it grew."""
    import cv2

    coarse, noisy = bilevel(grey), isolated_share(grey) > _ISOLATED
    factor = OCR_DPI / dpi if dpi < UPSCALE_BELOW else 1.0
    if factor != 1.0:  # before smoothing, which would eat the strokes of a coarse fax
        grey = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
    if factor > 1 and coarse:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), _FAX_BLUR), np.uint8)
    elif noisy:
        grey = np.asarray(cv2.medianBlur(grey, 3), np.uint8)
    if brightness_range(grey) > _SHADED:
        grey = without_background(grey)
    return grey, factor


def _smoothed(whole: Pixels, dpi: float) -> tuple[Pixels, float]:
    """A fax that has its rows back, and the factor by which it grew."""
    import cv2

    fine = cv2.GaussianBlur(whole, (0, 0), _RESTORED_BLUR)
    factor = max(OCR_DPI / dpi, 1.0)
    return np.asarray(cv2.resize(fine, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8), factor


def bilevel(grey: Pixels) -> bool:
    """Whether the picture is black and white only, as a fax is."""
    between = grey - np.uint8(11) < 234  # 11 to 244; what is darker wraps round
    return int(np.count_nonzero(between)) < 0.005 * grey.size


def isolated_share(grey: Pixels) -> float:
    """Share of the dark pixels that have no dark neighbour."""
    import cv2

    dark = cv2.threshold(grey, 127, 1, cv2.THRESH_BINARY_INV)[1]
    count = cv2.countNonZero(dark)
    if not count:
        return 0.0
    around = cv2.boxFilter(dark, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return int(np.count_nonzero((dark == 1) & (around == 1))) / count


def brightness_range(grey: Pixels) -> float:
    """How far the background's brightness varies over the page, in grey levels."""
    least, most = np.percentile(_background(grey), (2, 98))
    return float(most - least)


def without_background(grey: Pixels) -> Pixels:
    """The picture divided by its background: shading, stains and shadows go, ink stays."""
    import cv2

    height, width = grey.shape
    background = cv2.resize(_background(grey), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, np.maximum(background, 1), scale=255), np.uint8)


def _background(grey: Pixels) -> Pixels:
    """The paper without its ink, at an eighth of the size."""
    import cv2

    height, width = grey.shape
    if min(height, width) >= 64:
        grey = grey[: height // 8 * 8, : width // 8 * 8]  # whole squares are averaged ten times as fast
    eighth = cv2.resize(grey, (max(width // 8, 8), max(height // 8, 8)), interpolation=cv2.INTER_AREA)
    eighth = cv2.dilate(eighth, np.ones((7, 7), np.uint8))
    return np.asarray(cv2.medianBlur(np.asarray(eighth, np.uint8), 9), np.uint8)


def inked(grey: Pixels) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is not margin: ink with white around it."""
    dark = grey[::_SEEN, ::_SEEN] < _INK
    across, down = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
    if not len(across):
        return 0, 0, grey.shape[1], grey.shape[0]
    left, top = (max(int(found[0]) * _SEEN - _WHITE, 0) for found in (across, down))
    return left, top, (int(across[-1]) + 1) * _SEEN + _WHITE, (int(down[-1]) + 1) * _SEEN + _WHITE


def narrower(grey: Pixels, factor: float) -> Pixels:
    """The picture with a part of its width and all of its height."""
    import cv2

    if factor == 1:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=1, interpolation=cv2.INTER_LINEAR), np.uint8)


def straightened(grey: Pixels, angle: float) -> tuple[Pixels, NDArray[np.float64]]:
    """The picture turned back by its skew, on white, and the 3 × 3 matrix from old to new pixels."""
    import cv2

    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    turned = cv2.warpAffine(
        grey, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )
    return np.asarray(turned, np.uint8), np.vstack([matrix, [0, 0, 1]])


def turned(grey: Pixels, quarters: int) -> tuple[Pixels, NDArray[np.float64]]:
    """The picture turned clockwise by so many quarters, and the matrix from old to new pixels."""
    height, width = grey.shape
    matrices = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    quarters %= 4
    return np.ascontiguousarray(np.rot90(grey, -quarters)), np.array(matrices[quarters], np.float64)


def stamped(grey: Pixels) -> NDArray[np.bool_] | None:
    """Where a black stamp lies over the text: strokes much thicker than the text's, in shapes much taller; else None.

    Opened with a disc wider than the strokes of the text, only the stamp is left. Erasing it gives back the letters
    beside and between its strokes, and the lines that it had run together: 31 → 68% of the words under solid stamps.
    """
    import cv2

    if min(grey.shape) < _STAMPED_LEAST:
        return None
    dark = (grey < 128).astype(np.uint8)
    thick = cv2.erode(cv2.resize(dark, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.ones((3, 3), np.uint8))
    if not thick.any():
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    heights = stats[1:, 3][(stats[1:, 3] >= 12) & (stats[1:, 3] <= 80) & (stats[1:, 4] > 30)]
    if len(heights) < _STAMP_TEXT:
        return None
    letter = float(np.median(heights))
    depth = cv2.distanceTransform(dark, cv2.DIST_L2, 3)
    strokes = depth[(depth >= 1.5) & (depth < 8)]
    disc = int(max(4 * float(np.median(strokes)) if len(strokes) else 0, 7)) | 1
    core = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (disc, disc)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    tall = (height > _STAMP_TALL * letter) | ((width > _STAMP_TALL * letter) & (height > 1.2 * letter))
    solid = area > 0.5 * width * height  # a picture or a black box is no stamp
    kept = tall & (area > 3 * disc * disc) & ~(solid & (area > 40 * letter * letter))
    kept[0] = False
    if not kept.any():
        return None
    return np.asarray(cv2.dilate(kept[labels].astype(np.uint8), np.ones((7, 7), np.uint8)) > 0)


def coloured(bgr: Pixels) -> bool:
    """Whether the page has coloured ink, such as a stamp."""
    import cv2

    blue, green, red = (bgr[::5, ::5, channel].copy() for channel in range(3))
    most, least = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
    return bool((cv2.subtract(most, least) > 80).mean() > _COLOURED)


def grey_of(bgr: Pixels) -> Pixels:
    """Brightness."""
    import cv2

    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)


def without_colour(bgr: Pixels) -> Pixels:
    """The brightest of the three colours: coloured ink vanishes, black ink stays."""
    return np.ascontiguousarray(bgr.max(axis=2))
