"""Files dragged over the window: which they are, and the sign that says what becomes of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.widgets import Drawing, label


def paths(event: QDropEvent) -> list[Path]:
    """The local files and folders of a drag."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


class DropSign(QFrame):
    """Lies over `parent` while something is dragged over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drop")
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(Drawing("add-folder", "accent", 56), alignment=Qt.AlignmentFlag.AlignHCenter)
        for text, name in (("Drop to add to the matter", "heading"), ("Originals stay where they are.", "")):
            column.addWidget(label(text, name), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.hide()
