"""One file → Document, through a process that may hang, crash or swell up without harm.

The worker streams page after page. A page that says nothing for `page_seconds`, or that ends its process, is recorded
as failed with its number and a reason; a new process goes on with the pages after it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, cast
from uuid import UUID

import msgspec

from legalqa import errors
from legalqa.child import Child, ChildDied, ChildTimeout
from legalqa.confining import Rights
from legalqa.ingest.book import Book, Claim, OnPage, Unreadable
from legalqa.ingest.items import Item, Line, Outline, Structure
from legalqa.ingest.scans import ocr
from legalqa.ingest.worker import FORMATS
from legalqa.values.document import Document, Page, Region
from legalqa.values.words import Words

__all__ = ["INGEST_VERSION", "Book", "ReadOptions", "Reader", "Unreadable"]

INGEST_VERSION = 4  # raise it whenever the same bytes would give another Document

_RESTARTS = 5  # processes that one file may cost before its remaining pages are given up
_START_SECONDS = 60.0  # that a process may take to start on a busy machine
_STRUCTURE_SECONDS = 60.0  # at least, for sections and chunks; more for long texts
_CHARS_PER_SECOND = 50_000  # far below what structuring was measured at


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. `page_seconds` is the longest silence a page may cause, `memory` an address space in bytes.

    `spool` is a folder for the files that are found inside files, "" to leave them there. `passwords` are tried on
    files that need one; they are never logged or stored. `folders` are what the reading process may read without being
    started again; `scratch` is its folder for temporary files where there is no spool, "" for one of the system's.
    """

    ocr: Literal["auto", "always", "never"] = "auto"
    languages: str = "eng"
    page_seconds: float = 60
    memory: int | None = None
    spool: str = ""
    passwords: tuple[str, ...] = field(default=(), repr=False)
    folders: tuple[str, ...] = ()
    scratch: str = ""


class Reader:
    """Reads files one after another in one child process. Not for several threads at once, but for `stop` and `kill`.

    Several readers may work on the same `Book`.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        made_with = (options.ocr, options.languages, options.spool, options.passwords)
        scratch, self._scratch = options.spool or options.scratch, contextlib.ExitStack()
        if not scratch:
            scratch = self._scratch.enter_context(tempfile.TemporaryDirectory(prefix="legalqa-"))
        rights = Rights(options.folders, (scratch,), runs=ocr.is_program())
        self._child = Child("legalqa.ingest.worker:Worker", *made_with, memory=options.memory, rights=rights)
        self._killed = False
        self._stopping = False

    def read(self, path: Path, sha256: str, on_page: OnPage | None = None) -> Document:
        """The document in `path`, whose content has this SHA-256.

        `on_page(done, total)` is called after each page. Raises Unreadable if there is no document in the file,
        EnvironmentFault if OCR is needed and Tesseract is missing, Cancelled after `kill`.
        """
        book = Book(path, sha256, on_page=on_page)
        self.work(book)
        return self.finish(book)

    def work(self, book: Book) -> None:
        """Read pages of the book until there are none left to give. Raises as `read`."""
        self._killed = False
        with self._explaining(book):
            while (claim := book.claim()) is not None:
                while not self._stopping and not self._worked(book, claim):
                    pass
                if self._stopping:
                    return

    def finish(self, book: Book) -> Document:
        """The document of a book whose pages have all been read; the book is empty afterwards. Raises as `read`."""
        with self._explaining(book):
            return self._finished(book)

    def stop(self) -> None:
        """Finish the page under way and read no more, for good, from any thread: `work` returns."""
        self._stopping = True
        self._child.stop()

    def kill(self) -> None:
        """End the reading process at once, from any thread; a `read` under way ends with Cancelled."""
        self._killed = True
        self._child.kill()

    def close(self) -> None:
        """Let the reading process go."""
        self._child.close()
        self._scratch.close()

    @contextlib.contextmanager
    def _explaining(self, book: Book) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if self._killed:
                raise errors.Cancelled("Reading was stopped.", kept=f"{book.path.name} was not changed.") from None
            if isinstance(error, errors.BugError):
                raise Unreadable("failed", f"the file could not be parsed ({error.message})") from None
            raise

    def _worked(self, book: Book, claim: Claim) -> bool:
        """Read the pages of a claim; False if the process died over one of them and there are more."""
        try:
            self._child.may(book.source, run=FORMATS[book.kind] == "libreoffice")
            self._child.call("ready", type=bool, timeout=_START_SECONDS)
            found = cast("Generator[Item, None, None]", self._items(book.source, book.kind, book.skipped(claim)))
            with contextlib.closing(found) as items:
                for item in items:
                    if not book.take(item, claim):
                        break
        except (ChildDied, ChildTimeout) as fault:
            if self._killed:
                raise
            given_up = book.deaths >= _RESTARTS
            book.deaths += 1
            book.fail(claim, self._explained(fault), all_pages=given_up)
            return given_up
        return True

    def _finished(self, book: Book) -> Document:
        if book.opened is None:
            raise Unreadable("failed", "the file could not be opened")
        opened, path = book.opened, book.path
        joined = _joined(book, opened.separator)
        document_id = str(UUID(book.sha256[:32]))
        structure = self._structure(document_id, book, joined)
        return Document(
            id=document_id,
            path=str(path),
            sha256=book.sha256,
            kind=book.kind,
            title=structure.title,
            type=structure.type,
            date=structure.date,
            parties=structure.parties,
            paged=opened.paged,
            text=joined.text,
            pages=tuple(
                replace(page, bates=bates, label=label)
                for page, bates, label in zip(joined.pages, structure.bates, structure.labels, strict=True)
            ),
            sections=structure.sections,
            chunks=structure.chunks,
            regions=structure.regions,
            definitions=structure.definitions,
            metadata=(*opened.properties, *structure.metadata),
        )

    def _items(self, path: Path, kind: str, skip: tuple[int, ...]) -> Iterator[Item]:
        yield from self._child.stream(
            "read", os.fsencode(path), kind, skip, type=cast("type[Item]", Item), idle=self._options.page_seconds
        )

    def _structure(self, document_id: str, book: Book, joined: _Joined) -> Structure:
        opened = book.opened
        assert opened is not None
        outline = Outline(
            document_id=document_id,
            name=os.fsencode(book.path.name).decode("utf-8", "replace"),
            kind=book.kind,
            text=joined.text,
            pages=tuple((page.start, page.end) for page in joined.pages),
            title=opened.title,
            type=opened.type,
            date=opened.date,
            parties=opened.parties,
            lines=tuple(joined.lines),
            regions=tuple(joined.regions),
            heights=tuple(page.height for page in joined.pages),
            labels=tuple(page.label for page in joined.pages),
        )
        seconds = _STRUCTURE_SECONDS + len(joined.text) / _CHARS_PER_SECOND
        try:
            return self._child.call("structure", outline, type=Structure, timeout=seconds)
        except (ChildDied, ChildTimeout) as fault:
            if self._killed:
                raise
            raise Unreadable("failed", f"the text could not be divided: {self._explained(fault)}") from None

    def _explained(self, fault: ChildDied | ChildTimeout) -> str:
        if isinstance(fault, ChildTimeout):
            return f"it took longer than {self._options.page_seconds:g} seconds"
        return f"it ended the reading process ({fault.reason})"


@dataclass(frozen=True, slots=True)
class _Joined:
    """The pages of a document one after another: spans count in the whole text. The separator belongs to no page."""

    text: str
    pages: list[Page]
    lines: list[Line]
    regions: list[Region]


def _joined(book: Book, separator: str) -> _Joined:
    texts: list[str] = []
    whole = _Joined("", [], [], [])
    at = 0
    for read in book.pages():
        words = Words.of(read.page.words).moved(at)
        end = at + len(read.text)
        texts.append(read.text)
        whole.pages.append(replace(read.page, start=at, end=end, words=words))
        whole.lines.extend(msgspec.structs.replace(k, start=k.start + at, end=k.end + at) for k in read.lines)
        whole.regions.extend(replace(r, start=r.start + at, end=r.end + at) for r in read.regions)
        at = end + len(separator)
    return replace(whole, text=separator.join(texts))
