"""A file while it is being read, by one reader or by several at once, each in a range of pages of its own.

A reader that comes to help takes the second half of the largest range that is left. Every page is read alone, so the
document is the same whoever read which page.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from legalqa.ingest.items import Attached, Item, Opened, PageRead, Refused
from legalqa.ingest.journal import Journal
from legalqa.ingest.kinds import kind_of
from legalqa.values.document import FileState, Page

SPREAD = frozenset(("pdf", "image"))  # kinds whose pages are read one by one, so that several readers gain time
_WORTH_SHARING = 4  # pages left of a range from which another reader's help is worth its opening of the file
_JOURNAL_SECONDS = 1.0  # that pages without OCR must have taken before they are kept
OnPage = Callable[[int, int], None]


class Unreadable(Exception):
    """A file that gives no document. `reason` is for the user."""

    def __init__(self, state: FileState, reason: str) -> None:
        super().__init__(reason)
        self.state: FileState = state
        self.reason = reason


@dataclass(eq=False)
class Claim:
    """The pages ``first`` to ``end - 1``, one reader's to read. Others may take from its end."""

    first: int
    end: float  # infinite until the file is open


class Book:
    """What is known so far of one file. `path` is what the file is called, `source` where its bytes lie.

    `journal` keeps finished pages; `on_page(done, total)` is called after each. Raises Unreadable for a kind of file
    that cannot be read.
    """

    def __init__(
        self,
        path: Path,
        sha256: str,
        *,
        source: Path | None = None,
        journal: Journal | None = None,
        on_page: OnPage | None = None,
    ) -> None:
        self.path, self.sha256, self.source = path, sha256, source or path
        kind = kind_of(self.source)
        if kind is None:
            raise Unreadable("unsupported", f"files of this kind ({path.suffix or 'no suffix'}) cannot be read")
        self.kind: str = kind
        self.opened: Opened | None = None
        self.deaths = 0  # processes that this file has cost
        self._journal, self._on_page = journal, on_page
        self._done: dict[int, PageRead] = {}
        self._attached: dict[str, Attached] = {}
        self._claims: list[Claim] = []
        self._closed = False  # its pages have been given away
        self._lock = threading.Lock()
        self._began = time.monotonic()
        for item in journal.read() if journal else ():
            self._keep(item)

    def claim(self) -> Claim | None:
        """Pages for one more reader; None if there are none to give, or too few to be worth it."""
        with self._lock:
            if not self._claims:
                self._claims.append(Claim(1, math.inf))
                return self._claims[0]
            if self._closed or self.opened is None or self.kind not in SPREAD:
                return None
            largest = max(self._claims, key=lambda claim: len(self._left(claim)))
            left = self._left(largest)
            if len(left) < _WORTH_SHARING:
                return None
            middle = left[(len(left) + 1) // 2]
            taken = Claim(middle, largest.end)
            largest.end = middle
            self._claims.append(taken)
            return taken

    def can_be_shared(self) -> bool:
        """Whether another reader would be given pages."""
        with self._lock:
            shares = bool(self._claims) and not self._closed and self.opened is not None and self.kind in SPREAD
            return shares and any(len(self._left(claim)) >= _WORTH_SHARING for claim in self._claims)

    def skipped(self, claim: Claim) -> tuple[int, ...]:
        """Numbers of the pages that the claim's reader must leave out."""
        with self._lock:
            if self.opened is None:
                return tuple(self._done)
            return tuple(set(range(1, self.opened.pages + 1)).difference(self._left(claim)))

    def take(self, item: Item, claim: Claim) -> bool:
        """Take what a reader found; False if the pages after it are another reader's. Raises Unreadable if refused."""
        if isinstance(item, Refused):
            raise Unreadable(item.state, item.reason)
        with self._lock:
            if isinstance(item, PageRead) and item.page.number >= claim.end:
                return False
            self._keep(item)
            self._record(item)
            done, total = len(self._done), self.opened.pages if self.opened else 0
            last = isinstance(item, PageRead) and item.page.number + 1 >= claim.end and claim.end <= total
        if isinstance(item, PageRead) and self._on_page and total:
            self._on_page(done, total)
        return not last

    def fail(self, claim: Claim, reason: str, *, all_pages: bool) -> None:
        """The claim's reader died: the page that it was at has failed, or with `all_pages` everything that is left."""
        with self._lock:
            if self.opened is None:
                raise Unreadable("failed", f"the file could not be opened: {reason}")
            left = self._left(claim)
            if all_pages and left[1:]:
                reason += "; reading was given up after several such pages"
            lost = left if all_pages else left[:1]
            for number in lost:
                self._done[number] = PageRead(failed_page(number, reason), "")
            done, total = len(self._done), self.opened.pages
        if self._on_page:
            for _ in lost:
                self._on_page(done, total)

    def complete(self) -> bool:
        """Whether every page has been read or has failed."""
        return self.opened is not None and len(self._done) >= self.opened.pages

    def progress(self) -> tuple[int, int]:
        """Pages done, and pages in all (0 until it is known)."""
        return len(self._done), self.opened.pages if self.opened else 0

    def attached(self) -> tuple[Attached, ...]:
        """Files found inside this one."""
        return tuple(self._attached.values())

    def pages(self) -> Iterator[PageRead]:
        """Every page in order, given away one after another: nothing of a long file is held twice."""
        assert self.opened is not None
        self._closed = True
        for number in range(1, self.opened.pages + 1):
            if number in self._done:
                yield self._done.pop(number)
            else:
                yield PageRead(failed_page(number, "the page was not reached"), "")

    def save(self) -> None:
        """Keep everything that has been read, because reading ends here for now."""
        with self._lock:
            if self._journal is not None:
                if not self._journal.begun and self.opened is not None and self._done:
                    self._journal.add(self.opened, *self._finished())
                self._journal.close()

    def _keep(self, item: Item) -> None:
        if isinstance(item, Opened):
            self.opened = self.opened or item
        elif isinstance(item, PageRead):
            self._done[item.page.number] = item
        elif isinstance(item, Attached):
            self._attached[item.name] = item

    def _record(self, item: Item) -> None:
        """Into the journal, once it would cost something to read this again. Files found inside are found again."""
        if self._journal is None or self.opened is None or not isinstance(item, PageRead):
            return
        if self._journal.begun:
            if item.page.source != "failed":
                self._journal.add(item)
        elif item.page.source == "ocr" or time.monotonic() - self._began > _JOURNAL_SECONDS:
            self._journal.add(self.opened, *self._finished())

    def _finished(self) -> list[PageRead]:
        return [read for read in self._done.values() if read.page.source != "failed"]

    def _left(self, claim: Claim) -> list[int]:
        assert self.opened is not None
        end = min(claim.end, self.opened.pages + 1)
        return [number for number in range(claim.first, int(end)) if number not in self._done]


def failed_page(number: int, reason: str) -> Page:
    """A page that could not be read, in its place."""
    return Page(number, str(number), "failed", 0, 0, 612.0, 792.0, reason=reason)
