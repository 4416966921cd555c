"""PDF files through pypdfium2's raw interface: words with boxes, page labels, pictures of pages.

The only module that knows pypdfium2. pdfium is not thread-safe and its input is hostile: use this in a child process
alone. pdfium gives boxes in the page's own space, which ignores CropBox and /Rotate; everything leaves this module in
points from the displayed page's top-left corner.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import re
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from legalqa.ingest.layout import Piece

Pixels = NDArray[np.uint8]
_WORD = re.compile(r"[^\s\x00\x02\ufffe]+")
_UNPRINTABLE = re.compile(r"[\x01\x03-\x08\x0e-\x1f\x7f-\x9f\uffff\ud800-\udfff]")
_LARGEST_CODE = 0x10FFFF  # broken fonts map characters beyond Unicode
_INVISIBLE = 3  # text render mode of hidden OCR layers
_OBJECTS_LOOKED_AT = 2000


class PdfError(Exception):
    """The file, or a page of it, is not readable PDF."""


class PdfEncrypted(PdfError):
    """The file cannot be opened without a password."""


class PdfFile:
    """An open PDF. Raises PdfEncrypted, PdfError."""

    def __init__(self, path: str) -> None:
        pdfium.FPDF_InitLibrary()
        self._document = pdfium.FPDF_LoadDocument(os.fsencode(path) + b"\0", None)
        if not self._document:
            code = pdfium.FPDF_GetLastError()
            if code == pdfium.FPDF_ERR_PASSWORD:
                raise PdfEncrypted("the file is protected by a password")
            if code == pdfium.FPDF_ERR_SECURITY:
                raise PdfEncrypted("the file is protected in a way that cannot be opened")
            raise PdfError("the file is damaged or not a PDF")
        self.pages: int = pdfium.FPDF_GetPageCount(self._document)

    def close(self) -> None:
        """Free the document; no page of it may be in use."""
        pdfium.FPDF_CloseDocument(self._document)

    @contextlib.contextmanager
    def page(self, number: int) -> Iterator[PdfPage]:
        """Page `number`, from 1. Raises PdfError."""
        handle = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not handle:
            raise PdfError("the page is damaged")
        try:
            yield PdfPage(handle)
        finally:
            pdfium.FPDF_ClosePage(handle)

    def label(self, number: int) -> str:
        """The page's own label ("iv", "A-3"), or its number where it has none."""
        size = pdfium.FPDF_GetPageLabel(self._document, number - 1, None, 0)
        if size <= 2:
            return str(number)
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDF_GetPageLabel(self._document, number - 1, buffer, size)
        label = buffer.raw[: size - 2].decode("utf-16-le", "replace")
        return _UNPRINTABLE.sub("", label).strip()[:40] or str(number)


class PdfPage:
    """A loaded page. `width` and `height` are those of the displayed page, in points."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.width: float = pdfium.FPDF_GetPageWidthF(handle)
        self.height: float = pdfium.FPDF_GetPageHeightF(handle)
        if not (0 < self.width < 1e6 and 0 < self.height < 1e6):
            raise PdfError("the page has no usable size")
        self._turn: int = pdfium.FPDFPage_GetRotation(handle) % 4
        box = pdfium.FS_RECTF()
        if not pdfium.FPDF_GetPageBoundingBox(handle, box):
            raise PdfError("the page has no usable size")
        self._left, self._bottom, self._right, self._top = box.left, box.bottom, box.right, box.top

    def pieces(self) -> list[Piece]:
        """The words of the text layer in the order of the file, those outside the displayed page left out."""
        text = pdfium.FPDFText_LoadPage(self._handle)
        if not text:
            return []
        try:
            return list(self._pieces(text))
        finally:
            pdfium.FPDFText_ClosePage(text)

    def _pieces(self, text: Any) -> Iterator[Piece]:
        characters = _characters(text)
        first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
        box_of = pdfium.FPDFText_GetLooseCharBox
        for match in _WORD.finditer(characters):
            start, end = match.span()
            if not (box_of(text, start, first) and box_of(text, end - 1, last)):
                continue
            x0, y0, x1, y1 = self._displayed(
                min(first.left, last.left), min(first.bottom, last.bottom),
                max(first.right, last.right), max(first.top, last.top),
            )  # fmt: skip
            if x1 <= 0 or y1 <= 0 or x0 >= self.width or y0 >= self.height:
                continue
            word = _UNPRINTABLE.sub("\ufffd", match.group())
            hyphen = end < len(characters) and characters[end] in "\x02\ufffe"
            yield Piece(word, x0, y0, x1, y1, None, hyphen)

    def _displayed(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle of the page's own space as x0, y0, x1, y1 on the displayed page."""
        if self._turn == 0:
            return left - self._left, self._top - top, right - self._left, self._top - bottom
        if self._turn == 1:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._turn == 2:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        return self._top - top, self._right - right, self._top - bottom, self._right - left

    def inventory(self) -> tuple[int, int, float]:
        """Numbers of images and paths (of the first objects), and the share of text objects that are invisible."""
        images = paths = texts = hidden = 0
        for index in range(min(pdfium.FPDFPage_CountObjects(self._handle), _OBJECTS_LOOKED_AT)):
            item = pdfium.FPDFPage_GetObject(self._handle, index)
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
                images += 1
            elif kind == pdfium.FPDF_PAGEOBJ_PATH:
                paths += 1
            elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
                texts += 1
                hidden += pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE
        return images, paths, hidden / texts if texts else 0.0

    def picture_dpi(self) -> float | None:
        """Resolution of the largest image if it covers half of the page, in its own pixels an inch of the page."""
        best: tuple[float, float] | None = None
        for index in range(min(pdfium.FPDFPage_CountObjects(self._handle), _OBJECTS_LOOKED_AT)):
            item = pdfium.FPDFPage_GetObject(self._handle, index)
            if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_IMAGE:
                continue
            values = [ctypes.c_float() for _ in range(4)]
            data = pdfium.FPDF_IMAGEOBJ_METADATA()
            known = pdfium.FPDFPageObj_GetBounds(item, *values) and pdfium.FPDFImageObj_GetImageMetadata(
                item, self._handle, data
            )
            left, bottom, right, top = (value.value for value in values)
            area = (right - left) * (top - bottom)
            if known and area > 0.5 * self.width * self.height and (best is None or area > best[0]):
                best = (area, math.sqrt(data.width * data.height / area) * 72)
        return best[1] if best else None

    def render(self, scale: float, max_pixels: int, colours: Literal["grey", "bgr"] = "bgr") -> tuple[Pixels, float]:
        """A picture of the displayed page on white, and its true scale in pixels a point (less if it got too big)."""
        scale = min(scale, math.sqrt(max_pixels / (self.width * self.height)))
        width, height = max(round(self.width * scale), 1), max(round(self.height * scale), 1)
        width, height = min(width, max_pixels), min(height, max_pixels)
        kind, depth = (pdfium.FPDFBitmap_Gray, 1) if colours == "grey" else (pdfium.FPDFBitmap_BGR, 3)
        bitmap = pdfium.FPDFBitmap_CreateEx(width, height, kind, None, 0)
        if not bitmap:
            raise PdfError("the page is too large to be drawn")
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            flags = pdfium.FPDF_ANNOT | (pdfium.FPDF_GRAYSCALE if depth == 1 else 0)
            pdfium.FPDF_RenderPageBitmap(bitmap, self._handle, 0, 0, width, height, 0, flags)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            address = ctypes.cast(pdfium.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_ubyte))
            rows = np.ctypeslib.as_array(address, (height, stride))[:, : width * depth].copy()
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        return (rows if depth == 1 else rows.reshape(height, width, 3)), scale


def _characters(text: Any) -> str:
    """The page's characters, one for each character index of pdfium."""
    count = pdfium.FPDFText_CountChars(text)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = pdfium.FPDFText_GetText(text, 0, count, buffer)
    characters = bytes(memoryview(buffer))[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
    if len(characters) == count:
        return characters
    codes = (pdfium.FPDFText_GetUnicode(text, index) for index in range(count))
    return "".join(chr(code) if 0 < code <= _LARGEST_CODE else "\ufffd" for code in codes)


def drawn_text(
    width: float, height: float, words: list[tuple[str, float, float]], size: float, scale: float, max_pixels: int
) -> Pixels:
    """A picture of words set in Courier of `size` points, each with x0 and baseline from the page's top-left.

    Characters that the built-in font lacks (it has those of Windows-1252) are drawn as empty frames.
    """
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_CreateNewDocument()
    try:
        handle = pdfium.FPDFPage_New(document, 0, width, height)
        font = pdfium.FPDFText_LoadStandardFont(document, b"Courier")
        for word, x, baseline in words:
            for index, character in enumerate(word):
                if not _drawable(character):
                    frame = pdfium.FPDFPageObj_CreateNewRect(
                        x + (index + 0.15) * 0.6 * size, height - baseline, 0.4 * size, 0.6 * size
                    )
                    pdfium.FPDFPath_SetDrawMode(frame, pdfium.FPDF_FILLMODE_NONE, True)
                    pdfium.FPDFPageObj_SetStrokeWidth(frame, 0.5)
                    pdfium.FPDFPage_InsertObject(handle, frame)
            word = "".join(character if _drawable(character) else " " for character in word)
            item = pdfium.FPDFPageObj_CreateTextObj(document, font, size)
            encoded = ctypes.create_string_buffer((word + "\0").encode("utf-16-le"))
            pdfium.FPDFText_SetText(item, ctypes.cast(encoded, ctypes.POINTER(ctypes.c_ushort)))
            pdfium.FPDFPageObj_Transform(item, 1, 0, 0, 1, x, height - baseline)
            pdfium.FPDFPage_InsertObject(handle, item)
        pdfium.FPDFPage_GenerateContent(handle)
        picture = PdfPage(handle).render(scale, max_pixels)[0]
        pdfium.FPDFFont_Close(font)
        pdfium.FPDF_ClosePage(handle)
        return picture
    finally:
        pdfium.FPDF_CloseDocument(document)


def _drawable(character: str) -> bool:
    """Whether the built-in Courier has the character; pdfium would draw another one in its place."""
    try:
        return bool(character.encode("cp1252"))
    except UnicodeEncodeError:
        return False
