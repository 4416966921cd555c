"""What cannot be undone is asked for, with its consequence in words."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from legalqa.values.matter import MatterInfo
from ui import theme
from ui.widgets import Drawing, clean, label, named, row

_CONSEQUENCE = (
    "What LegalQA read of its files, the index, and its reviews with all decisions and comments are destroyed. "
    "This cannot be undone.",
    "The original files stay where they are. Files taken out of messages and archives, and copies kept in the matter, "
    "go with it.",
    "A certificate of the deletion is kept on this machine.",
)


class Deletion(QDialog):
    """Asks whether a matter is to be deleted. Enter and Esc keep it; only the named button deletes."""

    def __init__(self, parent: QWidget, matter: MatterInfo) -> None:
        super().__init__(parent)
        self.setWindowTitle("Delete a matter")
        words = QVBoxLayout()
        words.setSpacing(10)
        head = row(Drawing("unsupported", "warn", 32), spacing=14)
        head.addWidget(label(f"Delete “{clean(matter.name)}”?", "heading", wrap=True), 1)
        words.addLayout(head)
        for sentence in _CONSEQUENCE:
            words.addWidget(label(sentence, wrap=True))
        buttons = QDialogButtonBox()
        delete = named(QPushButton("&Delete the matter"), "danger")
        keep = QPushButton("&Keep it")
        buttons.addButton(delete, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(keep, QDialogButtonBox.ButtonRole.RejectRole)
        delete.setAutoDefault(False)
        keep.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(20)
        column.addLayout(words)
        column.addWidget(buttons)
        keep.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        wide = theme.current().scaled(460)
        self.setMinimumSize(wide, self._column.totalHeightForWidth(wide))  # now that the font is known
