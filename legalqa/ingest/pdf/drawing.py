"""Pictures of text that has no page of its own."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from legalqa.ingest.pdf.page import PdfPage, Pixels

_CELL = 0.6  # of the size: how wide every character of Courier is
_GREY = 140  # of words that cannot be seen on the page: these are slanted, too


class SetWord(NamedTuple):
    """A word to draw: x0 and baseline in points from the page's top-left, size in points, its width times `stretch`."""

    text: str
    x0: float
    baseline: float
    size: float
    stretch: float = 1.0
    hidden: bool = False


def drawn_text(width: float, height: float, words: Iterable[SetWord], scale: float, max_pixels: int) -> Pixels:
    """A picture of words set in Courier; hidden ones grey and slanted.

    Characters that the built-in font lacks (it has those of Windows-1252) are drawn as empty frames.
    """
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_CreateNewDocument()
    try:
        handle = pdfium.FPDFPage_New(document, 0, width, height)
        fonts = [pdfium.FPDFText_LoadStandardFont(document, name) for name in (b"Courier", b"Courier-Oblique")]
        for word in words:
            _draw(document, handle, fonts[word.hidden], word, height)
        pdfium.FPDFPage_GenerateContent(handle)
        for font in fonts:
            pdfium.FPDFFont_Close(font)
        pdfium.FPDF_ClosePage(handle)
        page = PdfPage(document, 0)
        try:
            return page.render(scale, max_pixels)[0]
        finally:
            page.close()
    finally:
        pdfium.FPDF_CloseDocument(document)


def _draw(document: Any, page: Any, font: Any, word: SetWord, height: float) -> None:
    text, x, baseline, size, stretch, hidden = word
    cell = _CELL * size * stretch
    for index, character in enumerate(text):
        if not _drawable(character):
            frame = pdfium.FPDFPageObj_CreateNewRect(
                x + (index + 0.15) * cell, height - baseline, cell * 2 / 3, _CELL * size
            )
            pdfium.FPDFPath_SetDrawMode(frame, pdfium.FPDF_FILLMODE_NONE, True)
            pdfium.FPDFPageObj_SetStrokeWidth(frame, 0.5)
            if hidden:
                pdfium.FPDFPageObj_SetStrokeColor(frame, _GREY, _GREY, _GREY, 255)
            pdfium.FPDFPage_InsertObject(page, frame)
    text = "".join(character if _drawable(character) else " " for character in text)
    item = pdfium.FPDFPageObj_CreateTextObj(document, font, size)
    encoded = ctypes.create_string_buffer((text + "\0").encode("utf-16-le"))
    pdfium.FPDFText_SetText(item, ctypes.cast(encoded, ctypes.POINTER(ctypes.c_ushort)))
    if hidden:
        pdfium.FPDFPageObj_SetFillColor(item, _GREY, _GREY, _GREY, 255)
    pdfium.FPDFPageObj_Transform(item, stretch, 0, 0, 1, x, height - baseline)
    pdfium.FPDFPage_InsertObject(page, item)


def _drawable(character: str) -> bool:
    """Whether the built-in Courier has the character; pdfium would draw another one in its place."""
    try:
        return bool(character.encode("cp1252"))
    except UnicodeEncodeError:
        return False
