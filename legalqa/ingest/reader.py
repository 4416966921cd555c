"""One file → Document, through a process that may hang, crash or swell up without harm.

The worker streams page after page. A page that says nothing for `page_seconds`, or that ends its process, is recorded
as failed with its number and a reason; a new process goes on with the pages after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast
from uuid import UUID

import msgspec

from legalqa import errors
from legalqa.child import Child, ChildDied, ChildTimeout
from legalqa.ingest.items import Item, Line, Opened, Outline, PageRead, Refused, Structure
from legalqa.ingest.kinds import kind_of
from legalqa.values.document import Document, FileState, Page, Region, Word

INGEST_VERSION = 1  # raise it whenever the same bytes would give another Document

_RESTARTS = 5  # processes that one file may cost before its remaining pages are given up
_START_SECONDS = 60.0  # that a process may take to start on a busy machine
_STRUCTURE_SECONDS = 60.0  # at least, for sections and chunks; more for long texts
_CHARS_PER_SECOND = 50_000  # far below what structuring was measured at


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. `page_seconds` is the longest silence a page may cause, `memory` an address space in bytes."""

    ocr: Literal["auto", "always", "never"] = "auto"
    languages: str = "eng"
    page_seconds: float = 60
    memory: int | None = None


class Unreadable(Exception):
    """A file that gives no document. `reason` is for the user."""

    def __init__(self, state: FileState, reason: str) -> None:
        super().__init__(reason)
        self.state: FileState = state
        self.reason = reason


class Reader:
    """Reads files one after another in one child process. Not for several threads at once, but for `kill`."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._child = Child("legalqa.ingest.worker:Worker", options.ocr, options.languages, memory=options.memory)
        self._killed = False

    def read(self, path: Path, sha256: str, on_page: Callable[[int, int], None] | None = None) -> Document:
        """The document in `path`, whose content has this SHA-256.

        `on_page(done, total)` is called after each page. Raises Unreadable if there is no document in the file,
        EnvironmentFault if OCR is needed and Tesseract is missing, Cancelled after `kill`.
        """
        self._killed = False
        try:
            return self._read(path, sha256, on_page)
        except Exception as error:
            if self._killed:
                raise errors.Cancelled("Reading was stopped.", kept=f"{path.name} was not changed.") from None
            if isinstance(error, errors.BugError):
                raise Unreadable("failed", f"the file could not be parsed ({error.message})") from None
            raise

    def kill(self) -> None:
        """End the reading process at once, from any thread; a `read` under way ends with Cancelled."""
        self._killed = True
        self._child.kill()

    def close(self) -> None:
        """Let the reading process go."""
        self._child.close()

    def _read(self, path: Path, sha256: str, on_page: Callable[[int, int], None] | None) -> Document:
        kind = kind_of(path)
        if kind is None:
            raise Unreadable("unsupported", f"files of this kind ({path.suffix or 'no suffix'}) cannot be read")
        opened, reads = self._pages(path, kind, on_page)
        joined = _joined(reads, opened.separator)
        document_id = str(UUID(sha256[:32]))
        structure = self._structure(document_id, path, kind, joined, opened)
        return Document(
            id=document_id,
            path=str(path),
            sha256=sha256,
            kind=kind,
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

    def _pages(
        self, path: Path, kind: str, on_page: Callable[[int, int], None] | None
    ) -> tuple[Opened, list[PageRead]]:
        """Every page, in order, read or failed."""
        opened: Opened | None = None
        done: dict[int, PageRead] = {}
        for attempt in range(_RESTARTS + 1):
            try:
                self._child.call("ready", type=bool, timeout=_START_SECONDS)
                for item in self._items(path, kind, tuple(done)):
                    if isinstance(item, Refused):
                        raise Unreadable(item.state, item.reason)
                    if isinstance(item, Opened):
                        opened = opened or item
                    elif isinstance(item, PageRead):
                        done[item.page.number] = item
                        if on_page and opened:
                            on_page(len(done), opened.pages)
                break
            except (ChildDied, ChildTimeout) as fault:
                if self._killed:
                    raise
                reason = self._explained(fault)
                if opened is None:
                    raise Unreadable("failed", f"the file could not be opened: {reason}") from None
                missing = [number for number in range(1, opened.pages + 1) if number not in done]
                if attempt == _RESTARTS and missing[1:]:
                    reason += "; reading was given up after several such pages"
                for number in missing if attempt == _RESTARTS else missing[:1]:
                    done[number] = PageRead(_failed(number, reason), "")
                    if on_page:
                        on_page(len(done), opened.pages)
        if opened is None:
            raise Unreadable("failed", "the file could not be opened")
        numbers = range(1, opened.pages + 1)
        missed = PageRead(_failed(0, "the page was not reached"), "")
        found = [(number, done.get(number, missed)) for number in numbers]
        return opened, [msgspec.structs.replace(r, page=replace(r.page, number=number)) for number, r in found]

    def _items(self, path: Path, kind: str, skip: tuple[int, ...]) -> Iterator[Item]:
        return self._child.stream(
            "read", os.fsencode(path), kind, skip, type=cast("type[Item]", Item), idle=self._options.page_seconds
        )

    def _structure(self, document_id: str, path: Path, kind: str, joined: _Joined, opened: Opened) -> Structure:
        outline = Outline(
            document_id=document_id,
            name=os.fsencode(path.name).decode("utf-8", "replace"),
            kind=kind,
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


def _failed(number: int, reason: str) -> Page:
    return Page(number, str(number), "failed", 0, 0, 612.0, 792.0, reason=reason)


@dataclass(frozen=True, slots=True)
class _Joined:
    """The pages of a document one after another: spans count in the whole text. The separator belongs to no page."""

    text: str
    pages: list[Page]
    lines: list[Line]
    regions: list[Region]


def _joined(reads: list[PageRead], separator: str) -> _Joined:
    whole = _Joined(separator.join(read.text for read in reads), [], [], [])
    at = 0
    for read in reads:
        words = read.page.words
        if at:
            words = tuple(Word(w.start + at, w.end + at, w.x0, w.y0, w.x1, w.y1, w.confidence) for w in words)
        end = at + len(read.text)
        whole.pages.append(replace(read.page, start=at, end=end, words=words))
        whole.lines.extend(msgspec.structs.replace(k, start=k.start + at, end=k.end + at) for k in read.lines)
        whole.regions.extend(replace(r, start=r.start + at, end=r.end + at) for r in read.regions)
        at = end + len(separator)
    return whole
