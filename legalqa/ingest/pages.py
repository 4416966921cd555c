"""One page → its words: from the text layer where that is usable, from OCR where it is not.

A sound text layer is never replaced, nor lost when OCR fails: where a page has both (a scan under a court's filing
header, half a page pasted as a picture), only the ink that the layer does not explain is read, and what was read is
put where it stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from legalqa.ingest.items import PageRead
from legalqa.ingest.layout import textlayer
from legalqa.ingest.layout.textlayer import TextLayer
from legalqa.ingest.pdf import PdfFile, PdfPage
from legalqa.ingest.scans import decide, ink, merge
from legalqa.ingest.scans.decide import Decision
from legalqa.ingest.scans.ocr import OcrEngine, OcrError, OcrTimeout, Pixels, engine
from legalqa.values.document import Page, PageSource

if TYPE_CHECKING:
    from legalqa.ingest.scans.compose import Composed
    from legalqa.ingest.scans.scan import Reading

_MAX_PIXELS = 40_000_000  # of a page drawn for OCR: tabloid at 450 dpi; larger pages are drawn coarser
_DPI_LEAST, _DPI_MOST, _DPI = 100.0, 300.0, 300.0
_SECONDS = 40.0  # that OCR may take for a page; below the Reader's patience, so that the text layer is not lost with it
_MARGIN = 6.0  # points around a part that is read by itself
_LATE = "it took too long to read all of it"
_UNREAD = "part of the page could not be read"
_NOTHING_FOUND = "no words could be recognised"
NOTHING = TextLayer("", (), [])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that no PDF holds; sides in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Found:
    """What OCR gave for a page: its parts, and a fault in words where something was not read."""

    parts: tuple[Composed, ...]
    reason: str | None
    left: int  # letters in rows that were not read
    failed: bool = False  # nothing could be tried to the end

    @property
    def confidence(self) -> float | None:
        """Mean over the parts, longer ones counting more; None without words."""
        known = [(part.confidence, len(part.text)) for part in self.parts if part.confidence is not None]
        total = sum(length for _, length in known)
        return round(sum(value * length for value, length in known) / total, 1) if total else None


class PageReader:
    """Reads pages; keeps the OCR engine, once one was needed. `seconds` is what OCR may take for one page."""

    def __init__(
        self, ocr: Literal["auto", "always", "never"], languages: str, seconds: float = _SECONDS
    ) -> None:  # fmt: skip
        self._ocr, self._languages, self._seconds = ocr, languages, seconds
        self._engine: OcrEngine | None = None
        import cv2

        cv2.setNumThreads(1)  # the readers share the cores already

    def read(self, pdf: PdfFile, number: int) -> PageRead:
        """Page `number`, from 1. Raises PdfError, EnvironmentFault."""
        with pdf.page(number) as page:
            layer = textlayer.read(page)
            decision = decide.need(page, layer, self._ocr, self._languages)
            label = pdf.label(number)
            if decision.need == "none":
                return _page(number, label, "text" if layer.words else "blank", page, layer)
            if self._ocr == "never":
                if decision.sound:
                    return _page(number, label, "text", page, layer, reason="part of the page is a picture")
                return _page(number, label, "failed", page, NOTHING, reason="it has no usable text and OCR is off")
            if decision.need == "rest":
                return self._with_parts(page, number, label, layer, decision)
            dpi = min(max(page.picture_dpi() or _DPI, _DPI_LEAST), _DPI_MOST)
            found = self._found(*page.render(dpi / 72, _MAX_PIXELS, "bgr"))
            if found.failed and decision.sound:
                return _page(number, label, "text", page, layer, reason=f"{found.reason}; its text layer was kept")
            return _by_ocr(number, label, page, found, max(decision.left, found.left))

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
        factor = min(math.sqrt(_MAX_PIXELS / (width * height)), 1.0)
        if factor < 1:
            import cv2

            bgr = np.asarray(cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        found = self._found(bgr, dpi / 72 * factor)
        return _by_ocr(number, str(number), sheet, found, max(found.left, ink.LETTERS_LEFT))

    def _with_parts(
        self, page: PdfPage, number: int, label: str, layer: TextLayer, decision: Decision
    ) -> PageRead:  # fmt: skip
        """A page whose text layer is sound but does not say all that stands there."""
        picture, scale = page.render(_DPI / 72, _MAX_PIXELS, "bgr")
        known = [(p.x0 * scale, p.y0 * scale, p.x1 * scale, p.y1 * scale) for p in layer.pieces]
        found = self._found(ink.without(picture, known), scale, decision.parts)
        both = merge.merged(layer, found.parts)
        source: PageSource = "ocr" if len(both.words) > len(layer.words) else "text"
        return _page(number, label, source, page, both, found.confidence, found.reason)

    def _found(
        self, bgr: Pixels, scale: float, parts: tuple[tuple[float, float, float, float], ...] = ()
    ) -> _Found:  # fmt: skip
        """What OCR reads of a picture of `scale` pixels a point, or of parts of it (in points)."""
        from legalqa.ingest.scans import compose, scan

        if self._engine is None:
            self._engine = engine(self._languages)
        height, width = bgr.shape[:2]
        clock = scan.Clock(self._seconds)
        readings: list[Reading] = []
        reason: str | None = None
        for x0, y0, x1, y1 in parts or ((0.0, 0.0, width / scale, height / scale),):
            left, top = (max(int((value - _MARGIN) * scale), 0) for value in (x0, y0))
            right, bottom = (int((value + _MARGIN) * scale) for value in (x1, y1))
            try:
                reading = scan.read(self._engine, bgr[top:bottom, left:right], scale, clock)
                readings.append(scan.shifted(reading, left, top))
            except OcrTimeout:
                reason = _LATE
            except OcrError:
                reason = "the OCR engine could not read it"
        if any(reading.late for reading in readings):
            reason = reason or _LATE
        elif any(reading.left.unexplained and reading.lines for reading in readings):
            reason = reason or _UNREAD
        composed = tuple(compose.composed(reading) for reading in readings)
        return _Found(composed, reason, sum(reading.left.left for reading in readings), not readings)


def _by_ocr(number: int, label: str, page: PdfPage | Sheet, found: _Found, left: int) -> PageRead:
    """A page whose words are all from OCR."""
    whole = found.parts[0] if found.parts else None
    if whole is None:
        return _page(number, label, "failed", page, NOTHING, reason=found.reason)
    layer = TextLayer(whole.text, whole.words, [], whole.lines)
    if not whole.words:
        if left < ink.LETTERS_LEFT and not found.reason:
            return _page(number, label, "blank", page, NOTHING)
        return _page(number, label, "ocr", page, layer, None, found.reason or _NOTHING_FOUND)
    return _page(number, label, "ocr", page, layer, found.confidence, found.reason)


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
