"""Whether a page needs OCR: by the ink that its text layer does not explain, or by garble in it."""

from __future__ import annotations

import re
from typing import Literal

from legalqa.ingest import ink
from legalqa.ingest.pdf import PdfPage
from legalqa.ingest.textlayer import TextLayer

Need = Literal["none", "rest", "all"]
_MAX_PIXELS = 4_000_000
_ALNUM = re.compile(r"\w")


def need(page: PdfPage, layer: TextLayer, ocr: Literal["auto", "always", "never"], languages: str) -> tuple[Need, int]:
    """What OCR should read, and how many letters in rows the text layer leaves unexplained."""
    if ocr == "always":
        return "all", 0
    images, paths, hidden = page.inventory()
    characters = len(_ALNUM.findall(layer.text))
    picture, scale = page.render(1.0, _MAX_PIXELS, "grey")
    boxes = [(p.x0 * scale, p.y0 * scale, p.x1 * scale, p.y1 * scale) for p in layer.pieces]
    found = ink.measured(picture, boxes)
    if characters < ink.FEW_CHARACTERS:
        empty = int(picture.min()) > 250 if picture.size else True
        suspicious = (images or paths > ink.MANY_PATHS or found.left) and not empty
        return ("all" if suspicious else "none"), found.left
    if ink.garbled(layer.text, hidden, "eng" in languages.split("+")):
        return "all", found.left
    return ("rest" if found.unexplained else "none"), found.left
