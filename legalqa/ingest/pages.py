"""One page of a PDF → its words: from the text layer where that is usable, from OCR where it is not.

A sound text layer is never replaced: where a page has both (a scan under a court's filing header, half a page pasted
as a picture), OCR only adds the words that the layer does not hold, after it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from legalqa.ingest import decide, ink, textlayer
from legalqa.ingest.items import PageRead
from legalqa.ingest.ocr import OcrEngine, OcrWord, Pixels, engine
from legalqa.ingest.pdf import PdfFile, PdfPage
from legalqa.ingest.textlayer import TextLayer
from legalqa.values.document import Page, PageSource, Word

_MAX_PIXELS = 40_000_000  # of a page drawn for OCR: tabloid at 450 dpi; larger pages are drawn coarser
_DPI_LEAST, _DPI_MOST, _DPI = 100.0, 300.0, 300.0
_COVERED = 0.4  # of an OCR word's area that a word of the text layer may share before it is the same word
Rectangle = tuple[float, float, float, float]
NOTHING = TextLayer("", (), [])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that no PDF holds; sides in points."""

    width: float
    height: float


class PageReader:
    """Reads pages; keeps the OCR engine, once one was needed."""

    def __init__(self, ocr: Literal["auto", "always", "never"], languages: str) -> None:
        self._ocr, self._languages = ocr, languages
        self._engine: OcrEngine | None = None
        import cv2

        cv2.setNumThreads(1)  # the readers share the cores already

    def read(self, pdf: PdfFile, number: int) -> PageRead:
        """Page `number`, from 1. Raises PdfError, EnvironmentFault."""
        with pdf.page(number) as page:
            layer = textlayer.read(page)
            need, left = decide.need(page, layer, self._ocr, self._languages)
            label = pdf.label(number)
            if need == "none":
                return _page(number, label, "text" if layer.words else "blank", page, layer)
            if self._ocr == "never":
                if need == "rest":  # the text layer is sound as far as it goes
                    return _page(number, label, "text", page, layer, reason="part of the page is a picture")
                return _page(number, label, "failed", page, NOTHING, reason="it has no usable text and OCR is off")
            return self._by_ocr(page, number, label, layer, need, left)

    def read_picture(self, bgr: Pixels, dpi: float, number: int) -> PageRead:
        """A page that is a bare picture (blue, green, red; rows from the top), `dpi` pixels an inch.

        Its sides in points are its pixels · 72 / dpi. Raises EnvironmentFault.
        """
        height, width = bgr.shape[:2]
        sheet = Sheet(width * 72 / dpi, height * 72 / dpi)
        if self._ocr == "never":
            return _page(number, str(number), "failed", sheet, NOTHING, reason="it has no usable text and OCR is off")
        if not bgr.size or int(bgr.min()) > 250:
            return _page(number, str(number), "blank", sheet, NOTHING)
        from legalqa.ingest import scan

        most = math.sqrt(_MAX_PIXELS / (width * height))
        if most < 1:
            import cv2

            bgr = np.asarray(cv2.resize(bgr, None, fx=most, fy=most, interpolation=cv2.INTER_AREA), np.uint8)
        reading = scan.read(self._ready(), bgr, dpi / 72 * min(most, 1))
        found, placed, confidence = scan.composed(reading)
        reason = None if placed else "no words could be recognised"
        return _page(number, str(number), "ocr", sheet, TextLayer(found, placed, []), confidence, reason)

    def _ready(self) -> OcrEngine:
        if self._engine is None:
            self._engine = engine(self._languages)
        return self._engine

    def _by_ocr(
        self, page: PdfPage, number: int, label: str, layer: TextLayer, need: Literal["rest", "all"], left: int
    ) -> PageRead:
        from legalqa.ingest import scan

        dpi = min(max(page.picture_dpi() or _DPI, _DPI_LEAST), _DPI_MOST)
        picture, scale = page.render(dpi / 72, _MAX_PIXELS, "bgr")
        reading = scan.read(self._ready(), picture, scale)
        if need == "rest":
            reading.lines = _new(reading.lines, layer.words, scan.places(reading))
        found, placed, confidence = scan.composed(reading)
        if need == "all":
            if not placed and left < ink.LETTERS_LEFT:
                return _page(number, label, "blank", page, NOTHING)
            reason = None if placed else "no words could be recognised"
            return _page(number, label, "ocr", page, TextLayer(found, placed, []), confidence, reason)
        if not placed:
            return _page(number, label, "text", page, layer)
        shift = len(layer.text) + 2
        moved = tuple(
            Word(w.start + shift, w.end + shift, w.x0, w.y0, w.x1, w.y1, w.confidence) for w in placed
        )  # fmt: skip
        both = TextLayer(f"{layer.text}\n\n{found}", layer.words + moved, [], layer.lines, layer.regions)
        return _page(number, label, "ocr", page, both, confidence)


def _new(lines: list[list[OcrWord]], words: Sequence[Word], places: dict[int, Rectangle]) -> list[list[OcrWord]]:
    """OCR lines without the words that the text layer already has."""
    kept = []
    for line in lines:
        fresh = [word for word in line if not _known(places[id(word)], words)]
        if fresh and any(len(word.text) > 1 for word in fresh):
            kept.append(fresh)
    return kept


def _known(place: Rectangle, words: Sequence[Word]) -> bool:
    """Whether words of the text layer cover the place."""
    x0, y0, x1, y1 = place
    area = max((x1 - x0) * (y1 - y0), 0.1)
    shared = sum(
        max(min(x1, w.x1) - max(x0, w.x0), 0) * max(min(y1, w.y1) - max(y0, w.y0), 0)
        for w in words
        if w.x0 < x1 and w.x1 > x0
    )
    return shared > _COVERED * area


def _page(
    number: int, label: str, source: PageSource, page: PdfPage | Sheet, layer: TextLayer,
    confidence: float | None = None, reason: str | None = None,
) -> PageRead:  # fmt: skip
    value = Page(
        *(number, label, source, 0, len(layer.text), page.width, page.height, layer.words),
        confidence=confidence,
        reason=reason,
    )
    return PageRead(value, layer.text, layer.lines, layer.regions)
