"""Adding files to a matter: progress, time left and Stop in the status bar; a summary when it is done."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from legalqa.values.matter import IndexReport, Progress
from ui.tasks import Problem, Task, Tasks
from ui.widgets import count, file_name, label, named, row, tool_tip

How = Mapping[str, Any]  # keywords of `Matter.index`: retry, passwords, ocr


class Indexed(Protocol):
    """What this part needs of a matter."""

    def index(
        self,
        paths: Sequence[Path],
        *,
        ocr: str = "auto",
        passwords: Sequence[str] = (),
        retry: bool = False,
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        """Read files and folders into the matter."""


class IndexBar(QWidget):
    """`moved` follows progress, `advanced` carries it in per cent, `done` carries the report, `ended` comes however a
    run ended.
    """

    moved = Signal()
    advanced = Signal(int)
    done = Signal(object)
    ended = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._task: Task | None = None
        self._waiting: deque[tuple[Sequence[Path], How]] = deque()
        self._matter: Indexed | None = None
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(180)
        self._bar.setAccessibleName("Progress of reading files")
        self._words = label("", "small")
        self._stop = named(QPushButton("Sto&p reading"), "link")
        self._stop.setToolTip("Stop reading files; what was finished is kept")
        self._stop.clicked.connect(self.stop)
        self.setLayout(row(self._bar, self._words, self._stop, spacing=10, margins=(8, 0, 8, 0)))
        self.hide()

    @property
    def running(self) -> bool:
        """Whether files are being read."""
        return self._task is not None

    def start(self, matter: Indexed, paths: Sequence[Path], how: How | None = None) -> None:
        """Read these files and folders; while a run is going on they wait for its end."""
        how = how or {}
        if self._task is not None:
            self._waiting.append((paths, how))
            return
        self._matter = matter
        self._bar.setRange(0, 0)
        self._words.setText("Looking for files …")
        self._stop.setEnabled(True)
        self.show()
        self._task = self._tasks.run(
            "index",
            lambda task: matter.index(paths, on_progress=task.report, stop=task.stop, **how),
            self._finished,
            self._failed,
            self._progress,
        )

    def stop(self) -> None:
        """End the run; what was finished is kept."""
        self._waiting.clear()
        if self._task:
            self._task.stop.set()
            self._stop.setEnabled(False)
            self._words.setText("Stopping …")

    def forget(self) -> None:
        """Stop, and let nothing more be said of it."""
        self.stop()
        if self._task:
            self._task.abandon()
        self._task = None
        self.hide()

    def _progress(self, progress: Progress) -> None:
        if self._task is None or self._task.stop.is_set():
            return
        if progress.files_total and progress.stage != "scanning":
            self._bar.setRange(0, progress.files_total)
            self._bar.setValue(progress.files_done)
            self._words.setText(_said(progress))
            self.advanced.emit(100 * progress.files_done // progress.files_total)
        self._words.setToolTip(tool_tip(file_name(progress.path)))
        self.moved.emit()

    def _finished(self, report: IndexReport) -> None:
        self._end(None)
        self.done.emit(report)
        if self._waiting and self._matter is not None:
            self.start(self._matter, *self._waiting.popleft())

    def _failed(self, problem: Problem) -> None:
        self._waiting.clear()
        self._end(problem)

    def _end(self, problem: Problem | None) -> None:
        self._task = None
        self.hide()
        self.ended.emit(problem)


def _said(progress: Progress) -> str:
    if progress.stage == "embedding":
        return f"Embedding again · {progress.files_done:,} of {count(progress.files_total, 'document')}"
    parts = [f"{progress.files_done:,} of {count(progress.files_total, 'file')}", count(progress.pages_done, "page")]
    if progress.seconds_left is not None:
        parts.append(_time_left(progress.seconds_left))
    return " · ".join(parts)


def _time_left(seconds: float) -> str:
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10:.0f} s left"
    if seconds < 5400:
        return f"about {round(seconds / 60):.0f} min left"
    return f"about {seconds / 3600:.1f} h left"


def summary(report: IndexReport) -> str:
    """What a run did, in a sentence."""
    parts = [
        (len(report.added), "added"),
        (len(report.replaced), "replaced"),
        (report.unchanged, "unchanged"),
        (len(report.duplicates), "duplicate" if len(report.duplicates) == 1 else "duplicates"),
        (len(report.removed), "no longer on disk"),
        (len(report.failed), "could not be read"),
    ]
    said = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"Files: {said}." if said else "No files were found there."
