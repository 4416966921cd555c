"""Words of a PDF that a reader of the page cannot see, and why.

What may be hidden is found by how it is drawn; whether it is, by drawing the page once more without it: words that
change no pixel are not seen. White text on a dark table head, or under a highlight, changes pixels and stays. The
invisible text of a scan (an OCR layer) says what the picture shows and stays too, unless the picture is black there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest.pdf import PdfPage, Pixels
from legalqa.ingest.pieces import Piece, Setting

OFF_PAGE, TINY, WHITE, UNDER_BOX, UNDER_PICTURE = "off the page", "tiny", "white", "under a box", "under a picture"
SAME_COLOUR, TRANSPARENT, INVISIBLE, OFF = "in the colour of its ground", "transparent", "invisible", "switched off"
_TINY = 2.0  # points
_LIGHT, _SAME = 200.0, 40.0  # grey levels: text so light, text so near to its ground
_CLEAR = 40  # opacity of 255
_COVERED = 0.6  # of a word's box
_SCAN = 0.5  # of the page, that a picture of it covers
_SCALE = 2.0  # pixels a point
_SEEN = 24  # grey levels by which a pixel must change
_FLAT, _DARK = 40, 110  # grey levels: spread of an even ground, brightness of a black one
_INVISIBLE_MODES = (3, 7)  # text render modes that draw nothing
_COVERS_MOST = 1500

Boxes = NDArray[np.float64]


def hidden(page: PdfPage, pieces: Sequence[Piece]) -> dict[int, str]:
    """Why each piece (by `id`) cannot be seen; those that can be are left out."""
    found = {id(piece): why for piece in pieces if (why := _without_looking(piece, page.width, page.height))}
    rest = [piece for piece in pieces if id(piece) not in found and piece.setting is not None]
    if rest:
        suspects = _suspects(page, rest)
        if suspects:
            found |= _looked_at(page, suspects)
    return _with_marks(pieces, found)


def _without_looking(piece: Piece, width: float, height: float) -> str:
    if piece.x1 <= 0 or piece.y1 <= 0 or piece.x0 >= width or piece.y0 >= height:
        return OFF_PAGE
    small = piece.setting is not None and piece.setting.size < _TINY
    return TINY if small and piece.y1 - piece.y0 < 1.5 * _TINY else ""


def _suspects(page: PdfPage, pieces: Sequence[Piece]) -> list[tuple[Piece, str]]:
    """Pieces that may be hidden, with the reason if they are; "" for the text of a scan."""
    covered = _covered(page, pieces)
    found = []
    for piece, (why, scan) in zip(pieces, covered, strict=True):
        setting = piece.setting
        assert setting is not None
        if scan and (setting.mode in _INVISIBLE_MODES or why == UNDER_PICTURE):
            found.append((piece, ""))
        elif why := _drawn_so(setting) or why:
            found.append((piece, why))
    return found


def _drawn_so(setting: Setting) -> str:
    if setting.optional:
        return OFF
    if setting.mode in _INVISIBLE_MODES:
        return INVISIBLE
    if setting.alpha < _CLEAR:
        return TRANSPARENT
    return WHITE if setting.level >= _LIGHT else ""


def _covered(page: PdfPage, pieces: Sequence[Piece]) -> list[tuple[str, bool]]:
    """What lies over each piece, or behind it in its own colour; and whether a picture of a page lies there."""
    covers = page.drawn.covers
    if not covers:
        return [("", False)] * len(pieces)
    largest = sorted(covers, key=lambda cover: (cover.x0 - cover.x1) * (cover.y1 - cover.y0))[:_COVERS_MOST]
    settings = [piece.setting for piece in pieces if piece.setting is not None]
    boxes = np.array([(p.x0, p.y0, p.x1, p.y1) for p in pieces], np.float64)
    order = np.array([setting.order for setting in settings])
    level = np.array([setting.level for setting in settings])
    box, picture, ground = (np.zeros(len(pieces)) for _ in range(3))
    scan = np.zeros(len(pieces), bool)
    for cover in largest:
        share = _share(boxes, (cover.x0, cover.y0, cover.x1, cover.y1))
        above = np.where(order < cover.order, share, 0.0)
        if cover.picture:
            picture += above
            if (cover.x1 - cover.x0) * (cover.y1 - cover.y0) > _SCAN * page.width * page.height:
                scan |= share > _COVERED
        else:
            box += above
            if cover.level is not None:
                ground += np.where((order > cover.order) & (np.abs(level - cover.level) < _SAME), share, 0.0)
    why = np.select(
        [box > _COVERED, picture > _COVERED, ground > _COVERED], [UNDER_BOX, UNDER_PICTURE, SAME_COLOUR], ""
    )
    return list(zip(map(str, why), map(bool, scan), strict=True))


def _share(boxes: Boxes, cover: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """How much of each box lies in the rectangle."""
    width = np.minimum(boxes[:, 2], cover[2]) - np.maximum(boxes[:, 0], cover[0])
    height = np.minimum(boxes[:, 3], cover[3]) - np.maximum(boxes[:, 1], cover[1])
    area = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 0.01)
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0) / area, np.float64)


def _looked_at(page: PdfPage, suspects: Sequence[tuple[Piece, str]]) -> dict[int, str]:
    """Those of the suspects that the drawn page does not show."""
    shown, scale = page.render_without((), _SCALE)
    settings = {piece.setting.id: piece.setting for piece, why in suspects if why and piece.setting is not None}
    bare = page.render_without(settings.values(), _SCALE)[0] if settings else shown
    change = np.abs(shown.astype(np.int16) - bare)
    found = {}
    for piece, why in suspects:
        if why and why != INVISIBLE:
            place = _place(change, piece, scale)
            if place.size and int(place.max()) < _SEEN:
                found[id(piece)] = why
            continue
        ground = _place(shown, piece, scale)
        if ground.size and int(ground.max()) - int(ground.min()) < _FLAT:
            dark = float(ground.mean()) < _DARK
            if dark or why:
                found[id(piece)] = UNDER_BOX if dark else why
    return found


def _place(picture: NDArray[np.int16] | Pixels, piece: Piece, scale: float) -> NDArray[np.integer]:
    """The pixels of a word, without those that its neighbours touch."""
    inset = 0.15 * (piece.y1 - piece.y0)
    y0, y1 = int((piece.y0 + inset) * scale), int((piece.y1 - inset) * scale) + 1
    x0, x1 = int(piece.x0 * scale) + 1, int(piece.x1 * scale)
    return picture[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, x0 + 1, 0)]


def _with_marks(pieces: Sequence[Piece], found: dict[int, str]) -> dict[int, str]:
    """Commas and dashes are too small to be looked at: they go with the words around them."""
    if not found:
        return found
    kept = dict(found)
    for index, piece in enumerate(pieces):
        if any(character.isalnum() for character in piece.text):
            continue
        around = [pieces[i] for i in (index - 1, index + 1) if 0 <= i < len(pieces)]
        whys = [found.get(id(other), "") for other in around]
        if all(whys) and whys:
            kept[id(piece)] = whys[0]
        elif found.get(id(piece)) in (UNDER_BOX, UNDER_PICTURE, SAME_COLOUR) and not any(whys) and around:
            kept.pop(id(piece), None)
    return kept
