"""The reading process: serves `Worker` behind a `Child`. Nothing of a document leaves it but the values of `items`."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from legalqa import errors
from legalqa.ingest.items import Item, Opened, Outline, PageRead, Refused, Structure
from legalqa.values.document import Page

if TYPE_CHECKING:
    from legalqa.ingest.pages import PageReader


class Worker:
    """Reads files page by page. `stop` is heeded between pages."""

    def __init__(self, stop: threading.Event, ocr: Literal["auto", "always", "never"], languages: str) -> None:
        self._stop = stop
        self._ocr, self._languages = ocr, languages
        self._pages: PageReader | None = None

    def ready(self) -> bool:
        """Answers once the process runs and has loaded what reading takes, so that no page is charged with it."""
        from legalqa.ingest import pages

        return pages.PageReader is not None

    def read(self, path: bytes, kind: str, skip: list[int]) -> Iterator[Item]:
        """Opened, then PageRead for every page whose number is not in `skip`; or Refused."""
        file = Path(os.fsdecode(path))
        try:
            if file.stat().st_size == 0 and kind != "txt":
                yield Refused("failed", "the file is empty")
                return
            read = {"pdf": self._pdf, "txt": self._txt, "eml": self._eml, "docx": self._docx}[kind]
            yield from read(file, frozenset(skip))
        except MemoryError:
            yield Refused("failed", "reading the file takes more memory than is allowed")
        except OSError as error:
            yield Refused("failed", f"the file could not be read ({error.strerror or type(error).__name__})")

    def structure(self, outline: dict[str, Any]) -> Structure:
        """Metadata, sections and chunks of a text that has been read."""
        from legalqa.ingest.structure import structured

        return structured(msgspec.convert(outline, Outline))

    def _pdf(self, file: Path, skip: frozenset[int]) -> Iterator[Item]:
        from legalqa.ingest.pages import PageReader
        from legalqa.ingest.pdf import PdfEncrypted, PdfError, PdfFile

        self._pages = self._pages or PageReader(self._ocr, self._languages)
        try:
            pdf = PdfFile(str(file))
        except PdfEncrypted as error:
            yield Refused("encrypted", str(error))
            return
        except PdfError as error:
            yield Refused("failed", str(error))
            return
        if not pdf.pages:
            yield Refused("failed", "the file has no pages")
            return
        yield Opened(pdf.pages, paged=True, separator="\n\n")
        for number in range(1, pdf.pages + 1):
            if self._stop.is_set():
                return
            if number not in skip:
                yield self._page(pdf, number)
        pdf.close()

    def _page(self, pdf: Any, number: int) -> PageRead:
        assert self._pages is not None
        try:
            return self._pages.read(pdf, number)
        except errors.LegalQAError:
            raise
        except MemoryError:
            reason = "reading the page takes more memory than is allowed"
        except Exception as error:  # a page that breaks a parser must not take the others with it
            reason = (
                str(error) if type(error).__name__ == "PdfError" else f"it broke the reader ({type(error).__name__})"
            )
        return PageRead(Page(number, str(number), "failed", 0, 0, 612.0, 792.0, reason=reason), "")

    def _txt(self, file: Path, skip: frozenset[int]) -> Iterator[Item]:
        from legalqa.ingest import text

        try:
            content = text.read(file)
        except text.Undecodable:
            yield Refused("failed", "the file is not text in a known encoding")
            return
        yield from _set(content, skip, Opened(0, paged=False))

    def _eml(self, file: Path, skip: frozenset[int]) -> Iterator[Item]:
        from legalqa.ingest import mail

        message = mail.read(file)
        yield from _set(message.text, skip, message.opened)

    def _docx(self, file: Path, skip: frozenset[int]) -> Iterator[Item]:
        from legalqa.ingest import office

        try:
            document = office.read(file)
        except office.OfficeEncrypted as error:
            yield Refused("encrypted", str(error))
            return
        except office.OfficeError as error:
            yield Refused("failed", str(error))
            return
        yield from _set(document.text, skip, document.opened)


def _set(text: str, skip: frozenset[int], opened: Opened) -> Iterator[Item]:
    """A text that has no pages of its own, set on ours."""
    from legalqa.ingest import typeset

    pages = list(typeset.pages_of(text))
    yield msgspec.structs.replace(opened, pages=len(pages), paged=typeset.has_pages(text))
    for page, content in pages:
        if page.number not in skip:
            yield PageRead(page, content)
