"""Whether a page needs OCR: by the ink that its text layer does not explain, or by garble in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from legalqa.ingest.layout.textlayer import TextLayer
from legalqa.ingest.pdf import PdfPage
from legalqa.ingest.scans import ink
from legalqa.ingest.scans.ink import Rectangle

Need = Literal["none", "rest", "all"]
_MAX_PIXELS = 4_000_000
_SIDE = 1000  # pixels of the longer side of a page without a text layer that is looked at for text
_PARTS_MOST = 6  # more are read as one
_ALNUM = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Decision:
    """What OCR should read: nothing, `parts` of the page (in points), or all of it.

    `sound` says that the text layer is to be kept whatever OCR finds, `left` how many letters in rows it leaves
    unexplained.
    """

    need: Need
    sound: bool
    left: int = 0
    parts: tuple[Rectangle, ...] = ()


def need(page: PdfPage, layer: TextLayer, ocr: Literal["auto", "always", "never"], languages: str) -> Decision:
    """What OCR should read of a page."""
    images, paths, hidden = page.inventory()
    characters = len(_ALNUM.findall(layer.text))
    sound = characters >= ink.FEW_CHARACTERS and not ink.garbled(layer.text, hidden, "eng" in languages.split("+"))
    if ocr == "always":
        return Decision("all", sound)
    picture, scale = page.render(1.0, _MAX_PIXELS, "grey")
    boxes = [(p.x0 * scale, p.y0 * scale, p.x1 * scale, p.y1 * scale) for p in layer.pieces]
    found = ink.measured(picture, boxes)
    if characters < ink.FEW_CHARACTERS:
        empty = int(picture.min()) > 250 if picture.size else True
        drawn = images or paths > ink.MANY_PATHS or found.left
        suspicious = not empty and (ink.broken(layer.text) or (drawn and _may_hold_text(page)))
        return Decision("all" if suspicious else "none", sound, found.left)
    if not sound:
        return Decision("all", sound, found.left)
    if not found.unexplained:
        return Decision("none", sound, found.left)
    parts = ink.blocks(picture, boxes)
    if len(parts) > _PARTS_MOST:
        corners = list(zip(*parts, strict=True))
        parts = [(min(corners[0]), min(corners[1]), max(corners[2]), max(corners[3]))]
    placed = tuple((x0 / scale, y0 / scale, x1 / scale, y1 / scale) for x0, y0, x1, y1 in parts)
    return Decision("rest" if placed else "none", sound, found.left, placed)


def _may_hold_text(page: PdfPage) -> bool:
    """Whether a page without a text layer shows anything but pictures."""
    return ink.may_hold_text(page.render(_SIDE / max(page.width, page.height), _MAX_PIXELS, "grey")[0])
