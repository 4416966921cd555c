"""One indexing run: find the files, read what is new in several processes, write it, account for every file."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legalqa import embedded
from legalqa.engines import Engines
from legalqa.errors import Cancelled
from legalqa.finding import absolute, fact_of, files_under, harmless, hashed, sha256_of
from legalqa.index.files import FileFact, plain
from legalqa.index.writer import Writer
from legalqa.ingest import INGEST_VERSION, Reader, ReadOptions, Unreadable, heap
from legalqa.ingest.scans import ocr
from legalqa.keeping import Keeping
from legalqa.members import Members
from legalqa.pace import Pace
from legalqa.readers import Done, Readers, Task
from legalqa.values.document import Document
from legalqa.values.matter import FileStatus, IndexReport, Progress

__all__ = ["How", "OnProgress", "Run", "absolute", "fact_of", "files_under", "sha256_of"]

OnProgress = Callable[[Progress], None]
_EMBEDDED_AT_ONCE = 32  # texts between two looks at Stop
_SCANS = (".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".heic", ".heif")
_TRIM = 5.0  # seconds between two times that freed memory is given back to the system
_POLL = 0.1  # seconds between two looks at Stop while readers work


@dataclass(frozen=True, slots=True)
class How:
    """How a run reads. `passwords` are tried on files that need one; `scheduler` is the address of a Dask cluster.

    `copy` keeps every original in the matter, `retry` tries what could not be read before, whatever the reason.
    """

    workers: int
    ocr: Literal["auto", "always", "never"] = "auto"
    languages: str = "eng"
    copy: bool = False
    retry: bool = False
    scheduler: str = ""
    passwords: tuple[str, ...] = field(default=(), repr=False)


@dataclass
class _Tally:
    """What has been done so far."""

    total: int = 0
    done: int = 0
    pages: int = 0
    chunks: int = 0
    unchanged: int = 0
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    failed: list[FileStatus] = field(default_factory=list)
    skipped: list[FileStatus] = field(default_factory=list)


class Run:
    """One call of `Matter.index`."""

    def __init__(self, engines: Engines, how: How, on_progress: OnProgress | None, stop: threading.Event) -> None:
        self._engines, self._catalog, self._how = engines, engines.catalog, how
        self._tell, self._stop = on_progress or (lambda _progress: None), stop
        self._tally, self._pace = _Tally(), Pace()
        self._candidates: deque[FileFact] = deque()  # files inside files, and twins, to be looked at now
        self._inside: list[FileFact] = []  # files inside those that are being looked at: their turn comes afterwards
        self._taken: dict[str, str] = {}  # contents that were handed to the readers, and under which path
        self._twins: list[FileFact] = []  # further files with one of these contents
        self._faults: dict[str, Unreadable] = {}  # what was wrong with a content that could not be read
        self._telling = threading.Lock()
        self._began = self._trimmed = time.monotonic()

    def __call__(self, paths: Sequence[Path]) -> IndexReport:
        """Run. Raises as `Matter.index`."""
        how, settings = self._how, self._engines.settings
        heap.give_back_large_blocks()
        found = list(files_under(paths))
        self._folders = tuple(str(absolute(path)) for path in paths)
        settings.policy.require_folders(found)  # a link in an allowed folder may lead out of it
        if how.ocr != "never" and any(path.suffix.lower() in _SCANS for path in found):
            ocr.tessdata(how.languages)  # said at once, not at three in the morning before the first scan
        self._tally.total = len(found)
        for path in found:
            self._pace.expect(str(path), _size(path))
        self._say("scanning")
        sha256 = self._engines.encoder.sha256
        options = f"ocr={how.ocr} languages={how.languages} {embedded.named(sha256)}"
        with Writer(
            self._engines.folder,
            self._catalog,
            self._engines.shard,
            self._embed,
            ingest_version=str(INGEST_VERSION),
            options=options,
            free_space_mb=settings.free_space_mb,
            effort=f"seconds={settings.page_seconds:g} memory={settings.reader_memory_mb} {_stamp(how.passwords)}",
            retry=how.retry,
            written=self._written,
        ) as self._writer:
            self._keeping = Keeping(self._engines, f"{INGEST_VERSION} {options}")
            self._keeping.tidy()
            self._members = Members(self._catalog, self._writer, self._keeping)
            removed = self._gone(paths, {plain(str(path)) for path in found})
            self._embed_again(embedded.others(self._catalog, sha256, str(INGEST_VERSION)))
            self._work(hashed(found))
            self._embed_again(embedded.others(self._catalog, sha256))  # whose files are not there to be read
            self._keeping.collect(self._catalog.contents())
            self._engines.shard.optimize()
        self._say("done")
        return self._report(removed)

    def _embed_again(self, documents: Sequence[tuple[str, str]]) -> None:
        """Let documents that another model has embedded be embedded by ours: their text is in the matter."""
        for done, (id, options) in enumerate(documents):
            self._check_stop()
            self._tell(Progress("embedding", done, len(documents), 0, self._catalog.names(id)[0]))
            self._writer.embed_again(id, options)

    def _report(self, removed: tuple[str, ...]) -> IndexReport:
        tally = self._tally
        return IndexReport(
            added=tuple(tally.added),
            replaced=tuple(tally.replaced),
            unchanged=tally.unchanged,
            removed=removed,
            failed=tuple(tally.failed),
            duplicates=tuple(tally.duplicates),
            chunks=tally.chunks,
            seconds=time.monotonic() - self._began,
            skipped=tuple(tally.skipped),
        )

    # Which files are looked at.

    def _gone(self, roots: Sequence[Path], found: set[str]) -> tuple[str, ...]:
        """Files that were known under the given paths and are there no more; what they contained goes with them."""
        tops = [plain(str(absolute(root))) for root in roots]
        gone = []
        for record in self._catalog.files():
            path = record.fact.path
            under = any(path == top or path.startswith(top.rstrip(os.sep) + os.sep) for top in tops)
            if under and record.fact.parent is None and path not in found and record.state != "missing":
                self._writer.missing(path)
                gone.append(path)
        return tuple(gone)

    def _work(self, files: Iterator[FileFact | tuple[Path, Unreadable]]) -> None:
        """Feed the readers and write what they give back, until nothing is left.

        Files inside files come after all files around them, sorted: which of two places of a content is read must not
        depend on how fast something was.
        """
        more = True
        with Readers(
            self._reader, self._how.workers, share=not self._how.scheduler, on_page=self._page_done
        ) as readers:
            while more or self._candidates or self._twins or self._inside or readers.busy:
                self._check_stop()
                while (done := readers.take(0)) is not None:
                    self._finished(done)
                if not readers.hungry:
                    self._wait(readers)
                elif self._candidates:
                    self._consider(self._candidates.popleft(), readers)
                elif more:
                    more = self._next(files, readers)
                elif readers.busy:
                    self._wait(readers)
                elif not self._twins:
                    self._candidates.extend(sorted(self._inside, key=lambda member: member.path))
                    self._inside.clear()
                else:
                    self._writer.flush()
                    for twin in self._twins:  # by now its content is indexed, or has failed; else it is read after all
                        self._taken.pop(twin.sha256, None)
                    self._candidates.extend(self._twins)
                    self._twins.clear()
            self._writer.flush()

    def _wait(self, readers: Readers) -> None:
        done = readers.take(_POLL)
        if done is not None:
            self._finished(done)

    def _next(self, files: Iterator[FileFact | tuple[Path, Unreadable]], readers: Readers) -> bool:
        found = next(files, None)
        if isinstance(found, FileFact):
            self._consider(found, readers)
        elif found is not None:
            path, fault = found
            self._failed(FileFact(str(path), "", 0, 0), fault, system=harmless(path, fault.reason))
        return found is not None

    def _consider(self, fact: FileFact, readers: Readers) -> None:
        """Settle a file that need not be read: unchanged, moved, a duplicate. Any other goes to the readers."""
        known = self._catalog.file(fact.path)
        alike = known is not None and known.fact.sha256 == fact.sha256
        whole = known is None or self._members.at_hand(fact.path)
        if alike and whole and self._writer.unchanged(fact.path, fact.size, fact.mtime_ns):
            self._unchanged(fact)
        elif fact.sha256 in self._faults:
            self._failed(fact, self._faults[fact.sha256])
        elif whole and (state := self._members.adopt(fact)) is not None:
            here = known is not None and alike and known.state in ("indexed", "duplicate")
            self._adopted(fact, state, touched=here)
        elif fact.sha256 in self._taken:
            self._twins.append(fact)
        else:
            self._taken[fact.sha256] = fact.path
            source = self._members.source(fact)
            if source is None:
                self._failed(fact, Unreadable("failed", "what it was taken from must be read again"))
            else:
                readers.submit(Task(fact, source, self._keeping.journal(fact.sha256)))

    def _unchanged(self, fact: FileFact) -> None:
        status = self._catalog.status(fact.path)
        self._settled(fact, "unchanged")
        if status is not None and status.state in ("failed", "encrypted", "unsupported", "changed"):
            self._tally.failed.append(status)
        else:
            self._tally.unchanged += 1
        self._look_inside(fact)

    def _adopted(self, fact: FileFact, state: str, *, touched: bool) -> None:
        if touched:
            self._tally.unchanged += 1
        else:
            (self._tally.duplicates if state == "duplicate" else self._tally.replaced).append(fact.path)
        if self._how.copy:
            self._keeping.keep_copy(fact)
        self._settled(fact, "unchanged" if touched else state)
        self._look_inside(fact)

    def _look_inside(self, fact: FileFact) -> None:
        for member in self._members.known(fact.path):
            self._expect(member)

    def _expect(self, member: FileFact) -> None:
        self._tally.total += 1
        self._pace.expect(member.path, member.size)
        self._inside.append(member)

    # What comes back from the readers.

    def _reader(self) -> Reader:
        settings, how = self._engines.settings, self._how
        options = ReadOptions(
            ocr=how.ocr,
            languages=how.languages,
            page_seconds=settings.page_seconds,
            memory=settings.reader_memory_mb << 20,
            spool=str(self._keeping.spool),
            folders=(str(self._keeping.originals), *self._folders),
            passwords=how.passwords,
        )
        if how.scheduler:
            from legalqa.ingest.cluster import ClusterReader

            return ClusterReader(options, how.scheduler)
        return Reader(options)

    def _finished(self, done: Done) -> None:
        if isinstance(done.result, Document):
            self._add(done, done.result)
        elif isinstance(done.result, Unreadable):
            self._failed(done.fact, done.result, seconds=done.seconds)
        else:
            raise done.result

    def _add(self, done: Done, document: Document) -> None:
        fact = done.fact
        known = self._catalog.file(fact.path)
        if self._how.copy:
            self._keeping.keep_copy(fact)
        members, faults = self._members.taken_out(fact, done.attached)
        self._writer.add(replace(document, path=fact.path), fact)
        for member in members:
            self._expect(member)
        for member, state, reason in faults:
            self._tally.total += 1
            self._failed(member, Unreadable(state, reason))
        replaces = known is not None and known.document_id is not None
        (self._tally.replaced if replaces else self._tally.added).append(fact.path)
        self._tally.chunks += len({chunk.id for chunk in document.chunks if chunk.parent_id})
        self._settled(fact, "indexed", seconds=done.seconds)

    def _written(self, sha256: str) -> None:
        """A document is in the matter: what it took may go."""
        self._keeping.journal_done(sha256)
        if time.monotonic() - self._trimmed > _TRIM:
            heap.trim()
            self._trimmed = time.monotonic()

    def _failed(self, fact: FileFact, fault: Unreadable, *, seconds: float = 0.0, system: bool = False) -> None:
        self._writer.fail(fact, fault.state, fault.reason)
        if fact.sha256:
            self._faults[fact.sha256] = fault
            self._keeping.journal_done(fact.sha256)
        status = self._catalog.status(fact.path)
        status = status or FileStatus(fact.path, fact.sha256, fault.state, 0, fault.reason)
        (self._tally.skipped if system else self._tally.failed).append(status)
        self._settled(fact, status.state, fault.reason, seconds)

    # What is told.

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = []
        for begin in range(0, len(texts), _EMBEDDED_AT_ONCE):
            self._check_stop()
            parts.append(self._engines.encoder.embed(texts[begin : begin + _EMBEDDED_AT_ONCE]))
        return np.concatenate(parts)

    def _settled(self, fact: FileFact, state: str, reason: str = "", seconds: float = 0.0) -> None:
        with self._telling:
            self._tally.done += 1
        self._pace.settled(fact.path, fact.size, seconds)
        self._say("reading", fact.path, event="file", state=state, reason=reason)

    def _page_done(self, path: str, page: int, pages: int, size: int) -> None:
        with self._telling:
            self._tally.pages += 1
        self._pace.page(path, page / max(pages, 1), size)
        self._say("reading", path, event="page", page=page)

    def _say(
        self,
        stage: Literal["scanning", "reading", "done"],
        path: str = "",
        *,
        event: Literal["progress", "page", "file"] = "progress",
        state: str = "",
        reason: str = "",
        page: int = 0,
    ) -> None:
        left = self._pace.seconds_left() if stage == "reading" else None
        rate = self._pace.rate()
        with self._telling:  # readers tell of their pages, each from its own thread
            tally = self._tally
            counts = (tally.done, tally.total, tally.pages)
            self._tell(Progress(stage, *counts, path, left, rate, event, state, reason, page))

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise Cancelled(
                "Indexing was stopped.",
                kept=f"{self._tally.done} of {self._tally.total} files were looked at; what was read is kept.",
                hint="Run it again to go on.",
            )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _stamp(passwords: Sequence[str]) -> str:
    """Whether, and how many, passwords were tried: nothing by which one of them could be known."""
    return f"passwords={len(passwords)}"
