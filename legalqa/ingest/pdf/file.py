"""An open PDF: its pages and their labels, the files attached to it, its bookmarks."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2.raw as pdfium

from legalqa.ingest.pdf.page import PdfEncrypted, PdfError, PdfPage

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\uffff\ud800-\udfff]")
_ATTACHMENTS_MOST, _ATTACHMENT_LARGEST, _ATTACHED_LARGEST = 500, 100_000_000, 400_000_000  # files, bytes, bytes
_BOOKMARKS_MOST, _DEEPEST = 5000, 12
_LONGEST = 1000  # characters of a name or title


class PdfFile:
    """An open PDF. Raises PdfEncrypted, PdfError; neither names the password."""

    def __init__(self, path: str, password: str | None = None) -> None:
        pdfium.FPDF_InitLibrary()
        self._form: Any = None
        self._document = _loaded(path, password)
        if not self._document:
            code = pdfium.FPDF_GetLastError()
            if code == pdfium.FPDF_ERR_PASSWORD and password is not None:
                raise PdfEncrypted("the file is protected by another password")
            if code == pdfium.FPDF_ERR_PASSWORD:
                raise PdfEncrypted("the file is protected by a password")
            if code == pdfium.FPDF_ERR_SECURITY:
                raise PdfEncrypted("the file is protected in a way that cannot be opened")
            raise PdfError("the file is damaged or not a PDF")
        self.pages: int = pdfium.FPDF_GetPageCount(self._document)
        if pdfium.FPDF_GetFormType(self._document) != pdfium.FORMTYPE_NONE:
            self._callbacks = pdfium.FPDF_FORMFILLINFO(version=2)  # pdfium keeps pointing to it
            self._form = pdfium.FPDFDOC_InitFormFillEnvironment(self._document, self._callbacks)

    def close(self) -> None:
        """Free the document; no page of it may be in use."""
        if self._form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self._form)
        pdfium.FPDF_CloseDocument(self._document)

    @contextlib.contextmanager
    def page(self, number: int) -> Iterator[PdfPage]:
        """Page `number`, from 1. Raises PdfError."""
        page = PdfPage(self._document, number - 1, self._form)
        try:
            yield page
        finally:
            page.close()

    def label(self, number: int) -> str:
        """The page's own label ("iv", "A-3"), or its number where it has none."""
        label = _utf16(lambda buffer, size: pdfium.FPDF_GetPageLabel(self._document, number - 1, buffer, size))
        return label.strip()[:40] or str(number)

    def attachments(self) -> Iterator[tuple[str, bytes | None]]:
        """Name and content of every embedded file; None where it is too large or damaged.

        At most 500 files of 100 MB, 400 MB together; what comes after that is None as well.
        """
        left = _ATTACHED_LARGEST
        for index in range(min(pdfium.FPDFDoc_GetAttachmentCount(self._document), _ATTACHMENTS_MOST)):
            handle = pdfium.FPDFDoc_GetAttachment(self._document, index)
            if not handle:
                yield f"attachment {index + 1}", None
                continue
            name = _utf16(lambda buffer, size, of=handle: pdfium.FPDFAttachment_GetName(of, _words(buffer), size))  # type: ignore[misc]
            content = _attached(handle, min(_ATTACHMENT_LARGEST, left))
            left -= len(content or b"")
            yield name or f"attachment {index + 1}", content

    def outline(self) -> tuple[tuple[str, int, int], ...]:
        """The bookmarks in their order: title, page number from 1 (0 if they name none), level from 1."""
        found: list[tuple[str, int, int]] = []
        first = pdfium.FPDFBookmark_GetFirstChild(self._document, None)
        stack = [(first, 1)] if first else []
        while stack and len(found) < _BOOKMARKS_MOST:  # a bookmark that is its own successor ends here too
            mark, level = stack.pop()
            title = _utf16(lambda buffer, size, of=mark: pdfium.FPDFBookmark_GetTitle(of, buffer, size))  # type: ignore[misc]
            place = pdfium.FPDFBookmark_GetDest(self._document, mark)
            index = pdfium.FPDFDest_GetDestPageIndex(self._document, place) if place else -1
            found.append((title, index + 1 if 0 <= index < self.pages else 0, level))
            following = pdfium.FPDFBookmark_GetNextSibling(self._document, mark)
            if following:
                stack.append((following, level))
            child = pdfium.FPDFBookmark_GetFirstChild(self._document, mark)
            if child and level < _DEEPEST:
                stack.append((child, level + 1))
        return tuple(found)


def _loaded(path: str, password: str | None) -> Any:
    """The document's handle. Older files take passwords in Latin-1, newer ones in UTF-8: both are tried."""
    name = os.fsencode(path) + b"\0"
    if password is None:
        return pdfium.FPDF_LoadDocument(name, None)
    tries = [password.encode("utf-8", "surrogateescape")]
    with contextlib.suppress(UnicodeEncodeError):
        tries.append(password.encode("latin-1"))
    document = None
    for secret in dict.fromkeys(tries):
        document = document or pdfium.FPDF_LoadDocument(name, secret + b"\0")
    return document


def _attached(handle: Any, most: int) -> bytes | None:
    size = ctypes.c_ulong()
    if not pdfium.FPDFAttachment_GetFile(handle, None, 0, size) or size.value > most:
        return None
    buffer = ctypes.create_string_buffer(max(size.value, 1))
    if not pdfium.FPDFAttachment_GetFile(handle, buffer, size.value, size):
        return None
    return buffer.raw[: size.value]


def _words(buffer: Any) -> Any:
    """A buffer as pdfium wants it for UTF-16."""
    return ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))


def _utf16(ask: Callable[[Any, int], int]) -> str:
    """A string of pdfium's: asked for its size in bytes first, the closing zero among them."""
    size = ask(None, 0)
    if not 2 < size <= 1_000_000:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(buffer, size)
    return _UNPRINTABLE.sub("", buffer.raw[: size - 2].decode("utf-16-le", "replace"))[:_LONGEST]


__all__ = ["PdfEncrypted", "PdfError", "PdfFile"]
