"""Words of a PDF that a reader of the page cannot see, and why.

What may be hidden is found by how it is drawn; whether it is, by drawing the page once more without it: words that
change no pixel are not seen. White text on a dark table head, or under a highlight, changes pixels and stays. The
invisible text of a scan (an OCR layer) says what the picture shows and stays too, unless the picture is black there.
A word that something covers in part is cut: a reader sees the semicolon beside a redaction, not the date under it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest.layout.pieces import Box, Piece, Setting
from legalqa.ingest.pdf import PdfPage, Pixels

OFF_PAGE, TINY, WHITE, UNDER_BOX, UNDER_PICTURE = "off the page", "tiny", "white", "under a box", "under a picture"
SAME_COLOUR, TRANSPARENT, INVISIBLE, OFF = "in the colour of its ground", "transparent", "invisible", "switched off"
_TINY = 2.0  # points
_LIGHT, _SAME = 200.0, 40.0  # grey levels: text so light, text so near to its ground
_CLEAR = 40  # opacity of 255
_COVERED = 0.6  # of a word's box
_CROSSED, _A_LETTER = 0.6, 0.4  # of a word's height: what covers so much of it, over so much of its length, may cut it
_WHOLE = 0.7  # of a letter's breadth that is seen: the letter can be read
_SCAN = 0.5  # of the page, that a picture of it covers
_SCALE = 2.0  # pixels a point
_SEEN = 24  # grey levels by which a pixel must change
_FLAT, _DARK = 40, 110  # grey levels: spread of an even ground, brightness of a black one
_INVISIBLE_MODES = (3, 7)  # text render modes that draw nothing
_COVERS_MOST = 1500

_COVERING = (UNDER_BOX, UNDER_PICTURE, SAME_COLOUR)

Boxes = NDArray[np.float64]
_Cuts = dict[int, list[tuple[Piece, str]]]  # what becomes of a piece (by `id`), each part with why it is hidden or ""


def hidden(page: PdfPage, pieces: Sequence[Piece]) -> tuple[list[Piece], dict[int, str]]:
    """The pieces, those cut that are hidden in part; and why each (by `id`) is hidden, if it is."""
    found = {id(piece): why for piece in pieces if (why := _without_looking(piece, page.width, page.height))}
    rest = [piece for piece in pieces if piece.setting is not None and id(piece) not in found]
    settings = {piece.setting.id: piece.setting for piece in rest if piece.setting is not None}
    if page.drawn.covers or any(_drawn_so(setting) for setting in settings.values()):
        suspects = _suspects(page, rest)
        if suspects:
            looked, cuts = _looked_at(page, suspects)
            found = _with_marks(pieces, found | looked)
            return _with_cuts(pieces, found, cuts)
    return list(pieces), _with_marks(pieces, found)


def _without_looking(piece: Piece, width: float, height: float) -> str:
    if piece.x1 <= 0 or piece.y1 <= 0 or piece.x0 >= width or piece.y0 >= height:
        return OFF_PAGE
    if piece.setting is None or piece.setting.size >= _TINY:
        return ""
    return TINY if min(piece.x1 - piece.x0, piece.y1 - piece.y0) < 1.5 * _TINY else ""


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
    if not covers or not pieces:
        return [("", False)] * len(pieces)
    largest = sorted(covers, key=lambda cover: (cover.x0 - cover.x1) * (cover.y1 - cover.y0))[:_COVERS_MOST]
    settings = [piece.setting for piece in pieces if piece.setting is not None]
    boxes = np.array([(p.x0, p.y0, p.x1, p.y1) for p in pieces], np.float64)
    order = np.array([setting.order for setting in settings])
    level = np.array([setting.level for setting in settings])
    sideways = np.array([piece.turn % 2 == 1 for piece in pieces])
    box, picture, ground = (np.zeros(len(pieces)) for _ in range(3))
    crossed = np.zeros(len(pieces), bool)
    scan = np.zeros(len(pieces), bool)
    for cover in largest:
        share, crossing = _share(boxes, (cover.x0, cover.y0, cover.x1, cover.y1), sideways)
        crossed |= crossing & (order < cover.order)
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
        [box > _COVERED, picture > _COVERED, ground > _COVERED, crossed],
        [UNDER_BOX, UNDER_PICTURE, SAME_COLOUR, np.where(picture > box, UNDER_PICTURE, UNDER_BOX)],
        "",
    )
    return list(zip(map(str, why), map(bool, scan), strict=True))


def _share(
    boxes: Boxes, cover: Box, sideways: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:  # fmt: skip
    """How much of each box lies in the rectangle, and whether it covers a letter of the word."""
    width = np.maximum(np.minimum(boxes[:, 2], cover[2]) - np.maximum(boxes[:, 0], cover[0]), 0)
    height = np.maximum(np.minimum(boxes[:, 3], cover[3]) - np.maximum(boxes[:, 1], cover[1]), 0)
    area = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 0.01)
    tall = np.where(sideways, boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    along, across = np.where(sideways, height, width), np.where(sideways, width, height)
    return np.asarray(width * height / area, np.float64), (across > _CROSSED * tall) & (along > _A_LETTER * tall)


def _looked_at(page: PdfPage, suspects: Sequence[tuple[Piece, str]]) -> tuple[dict[int, str], _Cuts]:
    """Those of the suspects that the drawn page does not show, and those that it shows in part."""
    shown, scale = page.render_without((), _SCALE)
    removed = [piece for piece, why in suspects if why]
    bare = page.render_without(removed, _SCALE)[0] if removed else shown
    change = np.abs(shown.astype(np.int16) - bare)
    found: dict[int, str] = {}
    partly: list[tuple[Piece, str]] = []
    for piece, why in suspects:
        if why and why != INVISIBLE:
            place = _place(change, piece, scale)
            if place.size and int(place.max()) < _SEEN:
                found[id(piece)] = why
            elif why in _COVERING and len(piece.text) > 1:
                partly.append((piece, why))
            continue
        ground = _place(shown, piece, scale)
        if ground.size and int(ground.max()) - int(ground.min()) < _FLAT:
            dark = float(ground.mean()) < _DARK
            if dark or why:
                found[id(piece)] = UNDER_BOX if dark else why
    return found, _cuts(page, partly, change, scale) if partly else {}


def _cuts(
    page: PdfPage, partly: Sequence[tuple[Piece, str]], change: NDArray[np.int16], scale: float
) -> _Cuts:  # fmt: skip
    """Words cut between the letters that are hidden and those that are seen; others are left out."""
    found: _Cuts = {}
    boxes_of = page.character_boxes([piece for piece, _ in partly])
    for (piece, why), boxes in zip(partly, boxes_of, strict=True):
        shares = [_seen_share(change, box, piece.turn, scale) for box in boxes]
        covered = _covered_letters(piece.text, shares)
        if any(covered):
            cut = [n for n in range(1, len(covered)) if covered[n] != covered[n - 1]]
            ends = itertools.pairwise([0, *cut, len(covered)])
            found[id(piece)] = [(_part(piece, a, b, boxes), why if covered[a] else "") for a, b in ends]
    return found


def _seen_share(change: NDArray[np.int16], box: Box | None, turn: int, scale: float) -> float | None:
    """How much of a character's breadth changes the page; None where that cannot be told."""
    if box is None:
        return None
    x0, y0, x1, y1 = (round(side * scale) for side in box)
    place = change[max(y0, 0) : max(y1, y0 + 1, 0), max(x0, 0) : max(x1, x0 + 1, 0)]
    if not place.size:
        return None
    return float((place.max(axis=1 if turn % 2 else 0) >= _SEEN).mean())


def _covered_letters(text: str, shares: Sequence[float | None]) -> list[bool]:
    """Which characters of a word are hidden: none, unless a letter or figure shows nothing at all.

    What is cut through goes with what is hidden, and a mark that shows nothing with the character before it.
    """
    solid = [character.isalnum() for character in text]
    if not any(share == 0 and letter for share, letter in zip(shares, solid, strict=True)):
        return [False] * len(text)
    told = [None if not share and not letter else (share or 0) < (_WHOLE if letter else 0.01)
            for share, letter in zip(shares, solid, strict=True)]  # fmt: skip
    first = next(state for state in told if state is not None)
    found: list[bool] = []
    for state in told:
        found.append(state if state is not None else found[-1] if found else first)
    return found


def _part(piece: Piece, start: int, end: int, boxes: Sequence[Box | None]) -> Piece:
    """Some characters of a word, in the length that their ink takes."""
    own = [box for box in boxes[start:end] if box is not None]
    x0, y0, x1, y1 = piece.x0, piece.y0, piece.x1, piece.y1
    if own and piece.turn % 2:
        y0, y1 = max(y0, min(box[1] for box in own)), min(y1, max(box[3] for box in own))
    elif own:
        x0, x1 = max(x0, min(box[0] for box in own)), min(x1, max(box[2] for box in own))
    last = piece.hyphen and end == len(piece.text)
    return replace(
        piece, text=piece.text[start:end], x0=x0, y0=y0, x1=x1, y1=y1, hyphen=last, at=piece.at + start
    )  # fmt: skip


def _with_cuts(pieces: Sequence[Piece], found: dict[int, str], cuts: _Cuts) -> tuple[list[Piece], dict[int, str]]:
    """The pieces with the parts of those that are cut in their place."""
    parted: list[Piece] = []
    for piece in pieces:
        for part, why in cuts.get(id(piece), ((piece, ""),)):
            parted.append(part)
            if why:
                found[id(part)] = why
    return parted, found


def _place(picture: NDArray[np.int16] | Pixels, piece: Piece, scale: float) -> NDArray[np.integer]:
    """The pixels of a word, without those that its neighbours touch."""
    if piece.turn % 2:
        (y0, y1), (x0, x1) = _along(piece.y0, piece.y1, scale), _across(piece.x0, piece.x1, scale)
    else:
        (x0, x1), (y0, y1) = _along(piece.x0, piece.x1, scale), _across(piece.y0, piece.y1, scale)
    return picture[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]


def _along(start: float, end: float, scale: float) -> tuple[int, int]:
    first = int(start * scale) + 1
    return first, max(int(end * scale), first + 1)


def _across(start: float, end: float, scale: float) -> tuple[int, int]:
    inset = 0.15 * (end - start)
    return int((start + inset) * scale), int((end - inset) * scale) + 1


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
        elif found.get(id(piece)) in _COVERING and not any(whys) and around:
            kept.pop(id(piece), None)
    return kept
