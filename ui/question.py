"""The box that a question is typed into."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from legalqa.values.question import Suggestion
from ui import theme
from ui.keys import keeps_escape
from ui.suggest import SuggestionList, matching

_LINES = (2, 6)  # that it has at least and at most


class QuestionBox(QPlainTextEdit):
    """Grows with its text. Enter asks, Shift+Enter breaks the line, Up and Down at the ends walk through history.

    Suggestions lie over `pane`, which must hold the box. `looked_at` says that the keyboard has come into the box.
    """

    entered = Signal()
    walked = Signal(int)
    looked_at = Signal()

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self.list = SuggestionList(pane)
        self.list.taken.connect(self._take)
        self.setObjectName("question")
        self.setPlaceholderText("Ask about this matter, for example: When does the lease end?")
        self.setAccessibleName("Question")
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)  # a file dropped here is for the matter, not for the question
        self.viewport().setAcceptDrops(False)
        self.settled: Callable[[], bool] = lambda: False  # whether what stands here was asked, and has an answer
        self._known: Sequence[Suggestion] = ()
        self._begun = 0  # UTF-16 units before the cursor that a suggestion takes the place of
        self.textChanged.connect(self._grow)
        theme.current().changed.connect(self._grow)
        self._grow()

    def suggest(self, known: Sequence[Suggestion]) -> None:
        """What may be suggested from now on."""
        self._known = known

    def event(self, event: QEvent) -> bool:
        of_key = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride else None
        if of_key and of_key.matches(QKeySequence.StandardKey.Undo) and self.settled():
            return False  # what is to be taken back is no typing
        return (self.list.isVisible() and keeps_escape(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        key, cursor = event.key(), self.textCursor()
        if not shift and self.list.takes(key):
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shift:
            self.list.hide()
            self.entered.emit()
        elif key == Qt.Key.Key_Up and not shift and not _can_move(cursor, QTextCursor.MoveOperation.Up):
            self.walked.emit(-1)
        elif key == Qt.Key.Key_Down and not shift and not _can_move(cursor, QTextCursor.MoveOperation.Down):
            self.walked.emit(1)
        else:
            super().keyPressEvent(event)
            self._offer(typed=bool(event.text().strip()) or key in (Qt.Key.Key_Space, Qt.Key.Key_Backspace))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        self._offer(typed=bool(event.commitString()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.looked_at.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.list.hide()

    def _offer(self, *, typed: bool) -> None:
        """Suggest how the words before the cursor may go on; a key that only moves the cursor ends it."""
        line, place = self.textCursor().block().text(), self.textCursor().positionInBlock()
        before, after = _parted(line, place)
        start, found = matching(before, self._known) if typed and not after[:1].strip() else (0, [])
        self._begun = _units(before[start:])
        self.list.offer(found, self)

    def _take(self, words: str) -> None:
        """Put the words chosen in place of their beginning; Undo takes them back."""
        cursor = self.textCursor()
        cursor.setPosition(cursor.position() - self._begun, QTextCursor.MoveMode.KeepAnchor)
        cursor.beginEditBlock()  # a step of its own to undo
        cursor.insertText(words)
        cursor.endEditBlock()
        self.setTextCursor(cursor)

    def _grow(self) -> None:
        lines = min(max(int(self.document().size().height()), _LINES[0]), _LINES[1])
        room = (
            self.contentsMargins().top() + self.contentsMargins().bottom() + 2 * int(self.document().documentMargin())
        )
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + room + 16)


def _can_move(cursor: QTextCursor, way: QTextCursor.MoveOperation) -> bool:
    return QTextCursor(cursor).movePosition(way)


def _parted(line: str, place: int) -> tuple[str, str]:
    """A line before and after a place that Qt counts in UTF-16 units."""
    encoded = line.encode("utf-16-le", "surrogatepass")
    before, after = encoded[: 2 * place], encoded[2 * place :]
    return before.decode("utf-16-le", "replace"), after.decode("utf-16-le", "replace")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
