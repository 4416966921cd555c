"""`legalqa-window --picture FILE`: the window draws itself into a file and closes, so that IT sees it work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from legalqa.errors import EXIT_DONE, EXIT_ENVIRONMENT

PATIENCE = 300  # looks
_BETWEEN = 400  # milliseconds


class Picture(QObject):
    """Looks at `window` until `ready` says so, saves it in `file` and closes the application with exit code 0.

    With exit code 4 after `PATIENCE` looks, or where the file cannot be written.
    """

    def __init__(self, window: QWidget, file: Path, ready: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._file, self._ready = window, file, ready
        self._looks = 0
        self._timer = QTimer(self, interval=_BETWEEN)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self._looks += 1
        if not self._ready() and self._looks < PATIENCE:
            return
        self._timer.stop()
        saved = self._ready() and self._window.grab().save(str(self._file))
        self._window.close()
        QApplication.exit(EXIT_DONE if saved else EXIT_ENVIRONMENT)
