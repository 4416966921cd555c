"""Several reading processes at work on a stream of files, held back when the writer is slower than they are."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from legalqa.errors import Cancelled
from legalqa.finding import sha256_of
from legalqa.index.files import FileFact
from legalqa.ingest import Book, Journal, Reader, Unreadable
from legalqa.ingest.items import Attached
from legalqa.values.document import Document

_AHEAD = 4  # files read and not yet written, for each reading process
_TEXT_AHEAD = 40_000  # characters of them, about sixteen pages, beyond which no further file is begun
_LOOK = 0.25  # seconds between two looks whether an open file can be shared
_GRACE = 4.0  # seconds that the pages under way may take after a stop


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be read. `source` is where its bytes lie, `journal` where its finished pages are kept."""

    fact: FileFact
    source: Path
    journal: Journal | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of reading one file, the files found in it, and the seconds that readers spent on it."""

    fact: FileFact
    result: Document | Unreadable | BaseException
    attached: tuple[Attached, ...] = ()
    seconds: float = 0.0


class _Open:
    """A book and who reads in it."""

    def __init__(self, task: Task, book: Book) -> None:
        self.task, self.book = task, book
        self.readers = 0
        self.seconds = 0.0
        self.fault: BaseException | None = None


class Readers:
    """Reading processes, each driven by a thread of ours. Files come back in the order in which they are finished.

    `make` gives a reader; `share` lets idle readers help with a file that others are reading; `on_page` is called from
    any thread with the file's path, the pages of it that are done, all its pages, and its size in bytes.
    """

    def __init__(
        self,
        make: Callable[[], Reader],
        count: int,
        *,
        share: bool = True,
        on_page: Callable[[str, int, int, int], None] = lambda *_: None,
    ) -> None:
        self._make, self._share, self._on_page = make, share, on_page
        self._changed = threading.Condition()
        self._waiting: deque[Task] = deque()
        self._open: list[_Open] = []
        self._results: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._unwritten: dict[str, int] = {}  # characters of files that were read and not yet taken away
        self._out = 0  # files handed in and not yet handed back
        self._ended = self._stopped = False
        self._readers: list[Reader] = []
        self._count = count
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.stop()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        for reader in self._readers:
            reader.close()

    @property
    def hungry(self) -> bool:
        """Whether there should be more files waiting."""
        with self._changed:
            return len(self._waiting) < self._count

    @property
    def busy(self) -> bool:
        """Whether there are files that `take` has not given back."""
        return self._out > 0

    def submit(self, task: Task) -> None:
        """Have a file read."""
        with self._changed:
            if len(self._threads) < self._count:
                self._threads.append(threading.Thread(target=self._run, name="reader", daemon=True))
                self._threads[-1].start()
            self._waiting.append(task)
            self._out += 1
            self._changed.notify_all()

    def take(self, seconds: float) -> Done | None:
        """A file that has been read, None if there is none after so many seconds."""
        try:
            done = self._results.get(timeout=seconds) if seconds > 0 else self._results.get_nowait()
        except queue.Empty:
            return None
        self._out -= 1
        with self._changed:
            self._unwritten.pop(done.fact.path, None)
            self._changed.notify_all()
        return done

    def stop(self) -> None:
        """Finish the pages under way, keep them in their journals, read no more. Returns within some seconds."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()
        for reader in self._readers:
            reader.stop()
        end = time.monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.01))
        for reader in self._readers:
            reader.kill()
        for thread in self._threads:
            thread.join()
        for opened in self._open:
            opened.book.save()

    def _run(self) -> None:
        reader: Reader | None = None
        while (opened := self._next()) is not None:
            began = time.monotonic()
            try:
                if reader is None:
                    reader = self._make()
                    self._readers.append(reader)
                    if self._stopped:
                        reader.stop()
                reader.work(opened.book)
            except BaseException as fault:
                opened.fault = opened.fault or fault
            try:
                self._leave(opened, reader, time.monotonic() - began)
            except BaseException as fault:  # whoever waits for the file must hear of it
                self._results.put(Done(opened.task.fact, fault))

    def _next(self) -> _Open | None:
        """A file to begin, or one to help with; None when there is nothing more to do."""
        with self._changed:
            while True:
                if self._stopped:
                    return None
                if self._waiting and self._room():
                    opened = self._begin(self._waiting.popleft())
                    if opened is not None:
                        return opened
                    continue
                for opened in self._open if self._share else ():
                    if opened.fault is None and opened.book.can_be_shared():
                        opened.readers += 1
                        return opened
                if self._ended and not self._waiting and not (self._share and self._open):
                    return None
                self._changed.wait(_LOOK if self._share and self._open else None)

    def _room(self) -> bool:
        ahead, text = len(self._unwritten), sum(self._unwritten.values())
        return ahead == 0 or (ahead < self._count * _AHEAD and text < self._count * _TEXT_AHEAD)

    def _begin(self, task: Task) -> _Open | None:
        path = task.fact.path
        try:
            book = Book(
                *(Path(path), task.fact.sha256),
                source=task.source,
                journal=task.journal,
                on_page=lambda done, total: self._on_page(path, done, total, task.fact.size),
            )
        except Exception as fault:
            self._results.put(Done(task.fact, fault))
            return None
        opened = _Open(task, book)
        opened.readers = 1
        self._open.append(opened)
        return opened

    def _leave(self, opened: _Open, reader: Reader | None, seconds: float) -> None:
        """The last reader to leave a book makes the document of it."""
        with self._changed:
            opened.readers -= 1
            opened.seconds += seconds
            if opened.readers or self._stopped:  # a stopped one stays open, so that `stop` keeps what was read
                return
            self._open.remove(opened)
        result: Document | Unreadable | BaseException
        began = time.monotonic()
        attached = opened.book.attached()
        if opened.fault is not None or reader is None:
            result = opened.fault or Cancelled("Reading was stopped.")
        else:
            try:
                result = reader.finish(opened.book)
                if opened.task.fact.parent is None and sha256_of(opened.task.source) != opened.task.fact.sha256:
                    result = Unreadable("failed", "the file changed while it was read; run it again")
            except OSError:
                result = Unreadable("failed", "the file went away while it was read")
            except BaseException as fault:
                result = fault
        with self._changed:
            size = len(result.text) if isinstance(result, Document) else 0
            self._unwritten[opened.task.fact.path] = size
            self._changed.notify_all()
        if opened.task.journal is not None:
            opened.task.journal.close()
        self._results.put(Done(opened.task.fact, result, attached, opened.seconds + time.monotonic() - began))
