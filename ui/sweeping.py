"""Python's garbage is collected in the main thread, in small portions.

Left to itself Python collects in whatever thread happens to allocate, and lets no other run meanwhile: looking through
all that the window has loaded held it up for 60 ms of processor time when a long document was opened. And a widget must
not die in another thread than its own.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500
_MANY = (700, 10, 10)  # Python's own thresholds: objects made, then younger collections since the last one


class Sweeper(QObject):
    """Collects as long as it lives and is not stopped; Python itself does not."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._sweep)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    def _sweep(self) -> None:
        counts = gc.get_count()
        oldest = max((age for age, count in enumerate(counts) if count > _MANY[age]), default=-1)
        if oldest >= 0:
            gc.collect(oldest)
