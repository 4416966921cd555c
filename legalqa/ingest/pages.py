"""One page of a PDF → its words: from the text layer where that is usable, from OCR where it is not."""

from __future__ import annotations

from typing import Literal

from legalqa.ingest.items import PageRead
from legalqa.ingest.layout import compose, lines_of
from legalqa.ingest.pdf import PdfFile
from legalqa.values.document import Page


class PageReader:
    """Reads pages; keeps the OCR engine, once one was needed."""

    def __init__(self, ocr: Literal["auto", "always", "never"], languages: str) -> None:
        self._ocr, self._languages = ocr, languages

    def read(self, pdf: PdfFile, number: int) -> PageRead:
        """Page `number`, from 1. Raises PdfError, EnvironmentFault."""
        with pdf.page(number) as page:
            text, words = compose(lines_of(page.pieces()))
            source: Literal["text", "blank"] = "text" if words else "blank"
            value = Page(number, pdf.label(number), source, 0, len(text), page.width, page.height, words)
            return PageRead(value, text)
