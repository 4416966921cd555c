"""A PDF, page by page. One that pdfium refuses is rewritten once by pikepdf and tried again."""

from __future__ import annotations

import ctypes
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from legalqa.ingest import limits
from legalqa.ingest.context import Context, Takings
from legalqa.ingest.formats import guarded, repair
from legalqa.ingest.items import Item, Opened, PageRead
from legalqa.ingest.pdf import PdfEncrypted, PdfError, PdfFile
from legalqa.values.document import Metadatum


def read(file: Path, context: Context) -> Iterator[Item]:
    """The pages of a PDF. Raises Refusal, OSError, EnvironmentFault."""
    pdf, properties = opened(file, context.passwords, context.spool)
    try:
        if pdf.pages > limits.PAGES:
            raise limits.Refusal("failed", f"the file has {pdf.pages:,} pages; more than {limits.PAGES:,} are not read")
        yield Opened(pdf.pages, paged=True, separator="\n\n", properties=properties)
        for number in range(1, pdf.pages + 1):
            if context.stop.is_set():
                return
            if number not in context.skip:
                yield _page(pdf, number, context)
        yield from _embedded(pdf, Takings(context.spool))
    finally:
        pdf.close()


def _embedded(pdf: PdfFile, taken: Takings) -> Iterator[Item]:
    """The files that a PDF carries: exhibits of a portfolio, the sheet behind an invoice."""
    try:
        for name, content in pdf.attachments():
            yield taken.refused(name, "it is damaged or too large") if content is None else taken.put(name, content)
    except (ValueError, TypeError, OverflowError, ctypes.ArgumentError, MemoryError):  # the pages have been read
        yield taken.refused("attachments", "they are damaged and could not be taken out")


def opened(
    file: Path, passwords: Sequence[str] = (), spool: Path | None = None
) -> tuple[PdfFile, tuple[Metadatum, ...]]:
    """A PDF open, and whether it had to be repaired for that. Raises Refusal, OSError."""
    file.stat()  # pdfium does not say that a file is missing
    try:
        return _with_a_password(str(file), passwords), ()
    except PdfError as error:
        refused = str(error)
    with tempfile.TemporaryDirectory(prefix="work-", dir=spool, ignore_cleanup_errors=True) as folder:
        # the copy goes as soon as it is open; under Windows, where it cannot, with the spool folder
        mended = repair.rewritten(file, Path(folder) / "rewritten.pdf", passwords)
        if mended is None:
            raise limits.Refusal("failed", f"{refused}, and it could not be repaired")
        try:
            return _with_a_password(str(mended), ()), (Metadatum("repaired", "pikepdf"),)
        except PdfError as error:
            raise limits.Refusal("failed", f"{error}, and a repair did not help") from None


def _with_a_password(path: str, passwords: Sequence[str]) -> PdfFile:
    """The file open. Raises PdfError, and Refusal if no password fits."""
    for password in (None, *passwords):
        try:
            pdf = PdfFile(path, password)
        except PdfEncrypted as error:
            if "in a way" in str(error):  # no password opens that
                raise limits.Refusal("encrypted", str(error)) from None
            continue
        if not pdf.pages:
            pdf.close()
            raise PdfError("the file has no pages")
        return pdf
    raise limits.locked(passwords)


def _page(pdf: PdfFile, number: int, context: Context) -> PageRead:
    return guarded.page(number, "page", PdfError, lambda: context.pages().read(pdf, number))
