"""The sheet of keys, read from the actions themselves, so that it cannot fall behind them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from ui.widgets import label, named

_OF_PANES = (
    ("Ask", "Enter"),
    ("New line in the question", "Shift+Enter"),
    ("Earlier, later question", "Up, Down"),
    ("Choose a suggestion", "Down, Enter"),
    ("Take a chip away", "Delete"),
    ("Say that an answer is right, wrong, or lacks something", "Alt+T, Alt+O, Alt+M"),
    ("Open the document or citation that has the focus", "Enter"),
    ("From one part to the next", "Tab, Shift+Tab"),
)


def keeps_escape(event: QEvent) -> bool:
    """Whether the event asks if Escape is wanted here, before it stops an answer; if so, the answer is yes."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    if event.key() == Qt.Key.Key_Escape:
        event.accept()
    return event.key() == Qt.Key.Key_Escape


class Keys(QDialog):
    """Every action that has a key, and the keys of the panes."""

    def __init__(self, parent: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        lines = [*_OF_PANES, *((_words(action), _keys(action)) for action in actions if _keys(action))]
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(18)
        column.addWidget(label("Keys", "heading"))
        column.addWidget(self._scrolled(lines), 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def _scrolled(self, lines: Sequence[tuple[str, str]]) -> QScrollArea:
        """The keys side by side, or one under another where the screen has no room for that."""
        area = QScrollArea(widgetResizable=True)
        area.setAccessibleName("Keys")
        room, bar = self.screen().availableSize() * 0.8, area.verticalScrollBar().sizeHint().width()
        sheet = _sheet(lines, 2)
        if sheet.sizeHint().width() + bar > room.width():
            sheet = _sheet(lines, 1)
        area.setWidget(sheet)
        area.setMinimumSize((sheet.sizeHint() + QSize(bar, 4)).boundedTo(room))
        return area


def _sheet(lines: Sequence[tuple[str, str]], sides: int) -> QWidget:
    """Words and keys in so many pairs of columns."""
    sheet = named(QWidget(), "answer")
    grid = QGridLayout(sheet)
    grid.setHorizontalSpacing(36)
    grid.setVerticalSpacing(7)
    high = -(-len(lines) // sides)
    for place, (words, keys) in enumerate(lines):
        side, line = divmod(place, high)
        grid.addWidget(label(words), line, 2 * side)
        grid.addWidget(label(keys, "muted"), line, 2 * side + 1)
    return sheet


def _words(action: QAction) -> str:
    return action.text().replace("&", "").removesuffix(" …")


def _keys(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
