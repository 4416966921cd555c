"""One indexing run: find the files, read what is new in several processes, write it, account for every file."""

from __future__ import annotations

import os
import queue
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from legalqa.engines import Engines, sha256_of
from legalqa.errors import Cancelled, EnvironmentFault, UserError
from legalqa.index.catalog import FileFact, plain
from legalqa.index.writer import Writer
from legalqa.ingest import INGEST_VERSION, Reader, ReadOptions, Unreadable, ocr
from legalqa.values.document import Document
from legalqa.values.matter import FileStatus, IndexReport, Progress

OnProgress = Callable[[Progress], None]
_AHEAD = 4  # documents read and not yet written, for each reading process
_TELLING = 0.03  # share of the bytes that must be read before the time left can be told
_EMBEDDED_AT_ONCE = 256  # chunks between two looks at Stop


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of reading one file."""

    fact: FileFact
    result: Document | Unreadable | BaseException


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


class Run:
    """One call of `Matter.index`."""

    def __init__(
        self, engines: Engines, on_progress: OnProgress | None, stop: threading.Event, *, workers: int, copy: bool
    ) -> None:
        self._engines, self._catalog = engines, engines.catalog
        self._tell, self._stop = on_progress or (lambda _progress: None), stop
        self._workers, self._copy = workers, copy
        self._tally = _Tally()
        self._twins: list[FileFact] = []  # files with the content of one that is being read
        self._faults: dict[str, Unreadable] = {}  # what was wrong with a content that could not be read
        self._began = time.monotonic()
        self._read_bytes, self._all_bytes = 0, 0

    def __call__(self, paths: Sequence[Path], ocr_mode: str, languages: str) -> IndexReport:
        """Run. Raises as `Matter.index`."""
        settings = self._engines.settings
        options = ReadOptions(
            ocr=cast(Literal["auto", "always", "never"], ocr_mode),
            languages=languages,
            page_seconds=settings.page_seconds,
            memory=settings.reader_memory_mb << 20,
        )
        found = list(files_under(paths))
        if ocr_mode != "never" and any(path.suffix.lower() == ".pdf" for path in found):
            ocr.tessdata(languages)  # said at once, not at three in the morning before the first scan
        self._tally.total = len(found)
        self._say("scanning")
        with Writer(
            self._engines.folder,
            self._catalog,
            self._engines.shard,
            self._embed,
            ingest_version=str(INGEST_VERSION),
            options=f"ocr={ocr_mode} languages={languages} encoder={self._engines.encoder.sha256[:16]}",
            free_space_mb=settings.free_space_mb,
        ) as writer:
            removed = self._gone(writer, paths, {plain(str(path)) for path in found})
            self._write(writer, self._new(writer, found), options)
        self._say("done")
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
        )

    def _new(self, writer: Writer, found: Sequence[Path]) -> list[FileFact]:
        """The files that must be read. The others are settled here: unchanged, moved, duplicates, not files at all."""
        to_read: dict[str, FileFact] = {}
        for path in found:
            self._check_stop()
            fact = fact_of(path)
            if isinstance(fact, Unreadable):
                self._failed(writer, FileFact(str(path), "", 0, 0), fact)
            elif writer.unchanged(fact.path, fact.size, fact.mtime_ns) and self._same_content(fact):
                self._unchanged(fact)
            elif (state := writer.adopt(fact)) is not None:
                (self._tally.duplicates if state == "duplicate" else self._tally.replaced).append(fact.path)
                self._tally.done += 1
            elif fact.sha256 in to_read:
                self._twins.append(fact)
            else:
                to_read[fact.sha256] = fact
        self._all_bytes = sum(fact.size for fact in to_read.values())
        return list(to_read.values())

    def _same_content(self, fact: FileFact) -> bool:
        """Size and time can be forged or restored; only the content tells."""
        known = self._catalog.file(fact.path)
        return known is not None and known.fact.sha256 == fact.sha256

    def _unchanged(self, fact: FileFact) -> None:
        status = self._catalog.status(fact.path)
        self._tally.done += 1
        if status is not None and status.state in ("failed", "encrypted", "unsupported", "changed"):
            self._tally.failed.append(status)
        else:
            self._tally.unchanged += 1

    def _gone(self, writer: Writer, roots: Sequence[Path], found: set[str]) -> tuple[str, ...]:
        """Files that were known under the given paths and are there no more."""
        tops = [plain(str(absolute(root))) for root in roots]
        gone = []
        for record in self._catalog.files():
            path = record.fact.path
            under = any(path == top or path.startswith(top.rstrip(os.sep) + os.sep) for top in tops)
            if under and path not in found and record.state != "missing":
                writer.missing(path)
                gone.append(path)
        return tuple(gone)

    def _write(self, writer: Writer, to_read: Sequence[FileFact], options: ReadOptions) -> None:
        with _Readers(options, min(self._workers, max(len(to_read), 1)), self._page_done) as readers:
            for read in readers.read(to_read, self._stop):
                self._check_stop()
                if isinstance(read.result, Document):
                    self._add(writer, read.fact, read.result)
                elif isinstance(read.result, Unreadable):
                    self._failed(writer, read.fact, read.result)
                else:
                    raise read.result
                self._read_bytes += read.fact.size
                self._say("reading", read.fact.path)
            self._check_stop()
            writer.flush()
        for twin in self._twins:
            if writer.adopt(twin) is None:
                self._failed(writer, twin, self._faults[twin.sha256])
            else:
                self._tally.duplicates.append(twin.path)
                self._tally.done += 1

    def _add(self, writer: Writer, fact: FileFact, document: Document) -> None:
        known = self._catalog.file(fact.path)
        if self._copy:
            self._keep_copy(fact)
        writer.add(document, fact)
        self._tally.done += 1
        replaces = known is not None and known.document_id is not None
        (self._tally.replaced if replaces else self._tally.added).append(fact.path)
        self._tally.chunks += len({chunk.id for chunk in document.chunks if chunk.parent_id})

    def _keep_copy(self, fact: FileFact) -> None:
        target = self._engines.copy_of(fact.sha256, fact.path)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            scratch = target.with_suffix(".part")
            shutil.copyfile(fact.path, scratch)
            if sha256_of(scratch) != fact.sha256:
                scratch.unlink()
                raise EnvironmentFault(f"{fact.path} changed while it was copied.", hint="Run it again.")
            scratch.replace(target)

    def _failed(self, writer: Writer, fact: FileFact, fault: Unreadable) -> None:
        writer.fail(fact, fault.state, fault.reason)
        self._faults[fact.sha256] = fault
        self._tally.done += 1
        status = self._catalog.status(fact.path)
        self._tally.failed.append(status or FileStatus(fact.path, fact.sha256, fault.state, 0, fault.reason))

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = []
        for begin in range(0, len(texts), _EMBEDDED_AT_ONCE):
            self._check_stop()
            parts.append(self._engines.encoder.embed(texts[begin : begin + _EMBEDDED_AT_ONCE]))
        return np.concatenate(parts)

    def _page_done(self, path: str) -> None:
        self._tally.pages += 1
        self._say("reading", path)

    def _say(self, stage: Literal["scanning", "reading", "done"], path: str = "") -> None:
        left = None
        if stage == "reading" and self._read_bytes > self._all_bytes * _TELLING:
            left = (time.monotonic() - self._began) * (self._all_bytes / self._read_bytes - 1)
        self._tell(Progress(stage, self._tally.done, self._tally.total, self._tally.pages, path, left))

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise Cancelled(
                "Indexing was stopped.",
                kept=f"{self._tally.done} of {self._tally.total} files were looked at; what was written is kept.",
                hint="Run it again to go on.",
            )


class _Readers:
    """Reading processes, each driven by a thread; results come in the order in which they are finished."""

    def __init__(self, options: ReadOptions, count: int, on_page: Callable[[str], None]) -> None:
        self._options, self._on_page = options, on_page
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="reader")
        self._count = count
        self._all: list[Reader] = []
        self._local = threading.local()
        self._results: queue.Queue[_Read] = queue.Queue()
        self._room = threading.Semaphore(count * _AHEAD)  # a slow writer holds the readers back, not the memory

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            for reader in self._all:
                reader.kill()
        self._pool.shutdown(cancel_futures=True)
        for reader in self._all:
            reader.close()

    def read(self, facts: Sequence[FileFact], stop: threading.Event) -> Iterator[_Read]:
        """Read every file; ends early on `stop`, with the readers killed."""
        waiting = iter(facts)
        open_tasks = 0
        while True:
            while not stop.is_set() and open_tasks < self._count * _AHEAD:
                fact = next(waiting, None)
                if fact is None:
                    break
                self._pool.submit(self._one, fact)
                open_tasks += 1
            if open_tasks == 0:
                return
            try:
                read = self._results.get(timeout=0.1)
            except queue.Empty:
                if stop.is_set():
                    return
                continue
            open_tasks -= 1
            yield read

    def _one(self, fact: FileFact) -> None:
        reader: Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = Reader(self._options)
            self._all.append(reader)
        result: Document | Unreadable | BaseException
        try:
            result = reader.read(Path(fact.path), fact.sha256, lambda _done, _total: self._on_page(fact.path))
            if sha256_of(Path(fact.path)) != fact.sha256:
                result = Unreadable("failed", "the file changed while it was read; run it again")
        except BaseException as error:
            result = error
        self._results.put(_Read(fact, result))


def absolute(path: Path) -> Path:
    """The path from the root, symbolic links left as they are."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  # Path.absolute keeps "..", resolve follows links


def files_under(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file under the paths, each once, in the order of their names.

    Links to folders are not followed. Raises UserError for a path that does not exist.
    """
    seen: set[Path] = set()
    for path in map(absolute, paths):
        if not path.exists():
            raise UserError(f"There is no file or folder {path}.", kept="Nothing was changed.")
        for file in _walk(path) if path.is_dir() else (path,):
            if file not in seen:
                seen.add(file)
                yield file


def _walk(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(top) / name for name in sorted(files))


def fact_of(path: Path) -> FileFact | Unreadable:
    """The file as it lies on disk, or why it cannot be read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Unreadable("unsupported", "not an ordinary file")
        return FileFact(str(path), sha256_of(path), status.st_size, status.st_mtime_ns)
    except OSError as error:
        return Unreadable("failed", f"the file could not be opened ({error.strerror})")
