"""A pane in a window of its own, for a second screen; closing the window puts the pane back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class Detached(QWidget):
    """Holds the pane until it is closed; `closed` follows then, before the pane is let go."""

    closed = Signal()

    def __init__(self, pane: QWidget, title: str, actions: Sequence[QAction]) -> None:
        super().__init__()
        self.setObjectName("workspace")
        self.setWindowTitle(title)
        self.addActions(list(actions))  # the keys work here, too
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(pane)
        self.resize(760, 900)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        event.accept()
