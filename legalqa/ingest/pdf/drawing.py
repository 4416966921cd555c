"""Pictures of text that has no page of its own."""

from __future__ import annotations

import ctypes

import pypdfium2.raw as pdfium

from legalqa.ingest.pdf.page import PdfPage, Pixels


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
        pdfium.FPDFFont_Close(font)
        pdfium.FPDF_ClosePage(handle)
        page = PdfPage(document, 0)
        try:
            return page.render(scale, max_pixels)[0]
        finally:
            page.close()
    finally:
        pdfium.FPDF_CloseDocument(document)


def _drawable(character: str) -> bool:
    """Whether the built-in Courier has the character; pdfium would draw another one in its place."""
    try:
        return bool(character.encode("cp1252"))
    except UnicodeEncodeError:
        return False
