"""The box that a question is typed into."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

_LINES = (2, 6)  # that it has at least and at most


class QuestionBox(QPlainTextEdit):
    """Grows with its text. Enter asks, Shift+Enter breaks the line, Up and Down at the ends walk through history."""

    entered = Signal()
    walked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("question")
        self.setPlaceholderText("Ask about this matter, for example: When does the lease end?")
        self.setAccessibleName("Question")
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)  # a file dropped here is for the matter, not for the question
        self.viewport().setAcceptDrops(False)
        self.textChanged.connect(self._grow)
        self._grow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        key, cursor = event.key(), self.textCursor()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shift:
            self.entered.emit()
        elif key == Qt.Key.Key_Up and not shift and not _can_move(cursor, QTextCursor.MoveOperation.Up):
            self.walked.emit(-1)
        elif key == Qt.Key.Key_Down and not shift and not _can_move(cursor, QTextCursor.MoveOperation.Down):
            self.walked.emit(1)
        else:
            super().keyPressEvent(event)

    def _grow(self) -> None:
        lines = min(max(int(self.document().size().height()), _LINES[0]), _LINES[1])
        room = (
            self.contentsMargins().top() + self.contentsMargins().bottom() + 2 * int(self.document().documentMargin())
        )
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + room + 16)


def _can_move(cursor: QTextCursor, way: QTextCursor.MoveOperation) -> bool:
    return QTextCursor(cursor).movePosition(way)
