"""The one place where the window uses threads.

`Tasks.run` calls a function in the pool of its purpose and brings its result, its progress or its error back to the
main thread. An exception becomes a `Problem` here and nowhere else in the window.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from legalqa.errors import Cancelled, LegalQAError

T = TypeVar("T")
Pool = Literal["library", "models", "pages", "find", "ask", "review", "export", "index"]
# Where order matters, or the work behind takes one caller at a time, the pool has one thread.
THREADS: dict[Pool, int] = {
    "library": 2, "models": 1, "pages": 1, "find": 1, "ask": 1, "review": 1, "export": 1, "index": 1,
}  # fmt: skip
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in words for the user. `kept`: what was not lost; `hint`: what to do next."""

    message: str
    kept: str = ""
    hint: str = ""
    cancelled: bool = False

    @classmethod
    def of(cls, error: BaseException) -> Problem:
        """An error in words. Our own faults are logged with their traceback, which the user never sees."""
        if isinstance(error, LegalQAError):
            return cls(error.message, error.kept, error.hint, isinstance(error, Cancelled))
        _log.error("unexpected error in the window's worker", exc_info=error)
        return cls(
            f"Something went wrong inside LegalQA ({type(error).__name__}).",
            kept="The matter and the original files were not changed by it.",
            hint="Try it again; if it happens again, tell whoever looks after LegalQA.",
        )


class Task:
    """A call in progress. `stop` is set to end it early; `report` sends a value to `on_progress`."""

    def __init__(self, report: Callable[[Task, Any], None]) -> None:
        self.stop = threading.Event()
        self.finished = False
        self.abandoned = False
        self._report = report

    def report(self, value: Any) -> None:
        """Called by the worker, in its thread."""
        self._report(self, value)

    def abandon(self) -> None:
        """Stop it and let nothing of it arrive any more."""
        self.abandoned = True
        self.stop.set()


class Tasks(QObject):
    """Runs functions away from the main thread. `failed` carries the `Problem` of every call that ended badly.

    With `inline` the work is done at once in the calling thread, for tests; what comes of it arrives as ever.
    """

    failed = Signal(object)
    _arrived = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None, *, inline: bool = False) -> None:
        super().__init__(parent)
        self._inline = inline
        self._pools: dict[Pool, QThreadPool] = {}
        self._live: weakref.WeakSet[Task] = weakref.WeakSet()
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        pool: Pool,
        func: Callable[[Task], T],
        on_result: Callable[[T], None] | None = None,
        on_error: Callable[[Problem], None] | None = None,
        on_progress: Callable[[Any], None] | None = None,
    ) -> Task:
        """Call ``func(task)`` in `pool`; exactly one of `on_result` and `on_error` follows, on the main thread.

        Without `on_error` the problem is emitted as `failed`, unless the call was cancelled.
        """
        task = Task(lambda task, value: self._send(task, on_progress, value))
        self._live.add(task)

        def work() -> None:
            if task.abandoned:  # while it waited for its turn
                task.finished = True
                return
            try:
                result = func(task)
            except Exception as error:  # the worker's edge: whatever it is, the user is told in words
                self._send(task, on_error or self._tell, Problem.of(error), last=True)
            else:
                self._send(task, on_result, result, last=True)

        if self._inline:
            work()
        elif not self._closed:
            self._pool(pool).start(work)
        return task

    def stop_all(self) -> None:
        """Abandon everything that is running or waiting."""
        for task in list(self._live):
            task.abandon()

    def shut(self) -> None:
        """Abandon everything and begin nothing any more; whoever shuts then waits with `close`."""
        self._closed = True
        for pool in self._pools.values():
            pool.clear()  # first, lest what waits begins when what runs is stopped
        self.stop_all()

    def close(self, seconds: float = 10.0) -> bool:
        """`shut`, and wait for the threads, not longer than that; says whether all of them ended."""
        self.shut()
        end = time.monotonic() + seconds
        ended = [pool.waitForDone(max(round((end - time.monotonic()) * 1000), 0)) for pool in self._pools.values()]
        return all(ended)

    def _pool(self, name: Pool) -> QThreadPool:
        if name not in self._pools:
            pool = QThreadPool(self)
            pool.setMaxThreadCount(THREADS[name])
            self._pools[name] = pool
        return self._pools[name]

    def _send(self, task: Task, callback: Callable[[Any], None] | None, value: Any, *, last: bool = False) -> None:
        if last:
            task.finished = True
        if task.abandoned or self._closed:
            return
        self._arrived.emit(task, callback, value)

    @Slot(object, object, object)
    def _deliver(self, task: Task, callback: Callable[[Any], None] | None, value: Any) -> None:
        if callback is not None and not task.abandoned and not self._closed:
            callback(value)

    def _tell(self, problem: Problem) -> None:
        if not problem.cancelled:
            self.failed.emit(problem)
