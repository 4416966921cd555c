"""The middle pane: ask, watch the draft, read the verified answer; earlier questions stay at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from legalqa.values.answer import Draft, VerifiedAnswer
from ui.answer import AnswerView
from ui.tasks import Problem, Task, Tasks
from ui.widgets import EmptyState, bar, clean, count, icon_button, label, named, row

_LINES = (2, 6)  # of the question box
_REMEMBERED = 50
_STAGES = {
    "retrieving": "Searching the record …",
    "answering": "Drafting from {passages}: not verified yet.",
    "verifying": "Checking every sentence against the record …",
}


class Asked(Protocol):
    """What this pane needs of a matter."""

    def ask(
        self,
        question: str,
        where: str = "",
        *,
        on_draft: Callable[[Draft], None] | None = None,
        stop: threading.Event | None = None,
    ) -> VerifiedAnswer:
        """Answer from the record, every sentence verified."""


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


class AskPane(QWidget):
    """Emits `place_chosen` with (document id, page, boxes) when a citation is to be looked at."""

    place_chosen = Signal(str, int, object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tasks = tasks
        self._matter: Asked | None = None
        self._task: Task | None = None
        self._answers: list[tuple[str, VerifiedAnswer]] = []  # with the filter that each was asked under
        self._back = 0  # how far history was walked back; 0 is what is being typed
        self.question = QuestionBox()
        self.where = QLineEdit(placeholderText="Everything, or for example: type=lease date>=2019-01-01")
        self.where.setAccessibleName("Search only in: filter")
        self.where.setToolTip(
            "Limit the search: document, type, date, party, bates, page\n"
            'For example: type=lease date>=2019-01-01 party="Harbor Point"'
        )
        self._ask = named(QPushButton("&Ask"), "primary")
        self._ask.setToolTip("Ask (Enter)")
        self._stop = QPushButton("&Stop")
        self._stop.setToolTip("Stop answering (Esc)")
        self.answer = AnswerView()
        self._empty = EmptyState(
            "matter",
            "Ask the record",
            "Every sentence of the answer is checked against the documents, and shown on the very page it comes from.",
        )
        self._lay_out()
        self.question.entered.connect(self.ask)
        self.question.walked.connect(self._walk)
        self.where.returnPressed.connect(self.ask)
        self._ask.clicked.connect(self.ask)
        self._stop.clicked.connect(self.stop)
        self.answer.place_chosen.connect(self.place_chosen)
        self._busy(False)

    # From outside

    def set_matter(self, matter: Asked | None) -> None:
        """Ask another matter from now on; what was asked before is put away."""
        if self._task:
            self._task.abandon()
        self._task = None
        self._matter = matter
        self._answers, self._back = [], 0
        self._history.setEnabled(False)
        self.question.clear()
        self.where.clear()
        self.answer.clear()
        self._stack.setCurrentWidget(self._empty)
        self._busy(False)

    @property
    def answering(self) -> bool:
        """Whether an answer is being made."""
        return self._task is not None

    def ask(self) -> None:
        """Ask what stands in the box."""
        question, where, matter = self.question.toPlainText().strip(), self.where.text().strip(), self._matter
        if not question or matter is None or self._task is not None:
            return
        self._back = 0
        self.question.setFocus()  # a chip or button that has the focus is about to go
        self.answer.begin_draft(question)
        self._stack.setCurrentWidget(self.answer)
        self._busy(True)
        self._stage.setText(_STAGES["retrieving"])
        self._task = self._tasks.run(
            "ask",
            lambda task: matter.ask(question, where, on_draft=task.report, stop=task.stop),
            lambda answer: self._answered(where, answer),
            self._failed,
            self._drafted,
        )

    def focus_question(self) -> None:
        """Put the keyboard into the question box, ready to type a new question over the old one."""
        self.question.setFocus()
        self.question.selectAll()

    def stop(self) -> None:
        """Stop answering; what is verified by then is shown."""
        if self._task:
            self._task.stop.set()
            self._stage.setText("Stopping …")

    # Inside

    def _lay_out(self) -> None:
        self._history = icon_button("history", "Earlier questions", lambda: self._history.showMenu())
        self._history.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_history)
        self._history.setMenu(self._menu)
        self._history.setEnabled(False)
        self._stage = label("", "muted", wrap=True)
        self._working = QProgressBar(textVisible=False, minimum=0, maximum=0)
        self._working.setFixedWidth(90)
        self._working.setAccessibleName("Answering")
        self._progress = QWidget()
        self._progress.setLayout(row(self._working, self._stage, spacing=12, margins=(18, 8, 18, 8)))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.answer)
        caption = label("Search &in", "muted")
        caption.setBuddy(self.where)
        form = QVBoxLayout()
        form.setContentsMargins(18, 14, 18, 12)
        form.setSpacing(8)
        form.addWidget(self.question)
        below: QHBoxLayout = row(caption, self.where, self._ask, self._stop)
        below.setStretch(1, 1)
        form.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar(label("Ask", "heading"), None, self._history))
        column.addLayout(form)
        column.addWidget(self._progress)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(340)

    def _drafted(self, draft: Draft) -> None:
        if self._task is not None and not self._task.stop.is_set():
            self._stage.setText(_STAGES[draft.stage].format(passages=count(len(draft.passages), "passage")))
        if draft.text:
            self.answer.show_draft(draft.text)

    def _answered(self, where: str, answer: VerifiedAnswer) -> None:
        self._task = None
        self._answers = [*self._answers, (where, answer)][-_REMEMBERED:]
        self._history.setEnabled(True)
        self.answer.show_answer(answer)
        self._busy(False)

    def _failed(self, problem: Problem) -> None:
        self._task = None
        self._busy(False)
        self._stack.setCurrentWidget(self._empty)
        if not problem.cancelled:
            self._tasks.failed.emit(problem)

    def _busy(self, busy: bool) -> None:
        self._progress.setVisible(busy)
        self._stop.setVisible(busy)
        self._ask.setVisible(not busy)

    def _walk(self, by: int) -> None:
        """Put an earlier question back into the box."""
        back = min(max(self._back - by, 0), len(self._answers))
        if back == self._back:
            return
        self._back = back
        where, question = (self._answers[-back][0], self._answers[-back][1].question) if back else ("", "")
        self.question.setPlainText(question)
        self.question.moveCursor(QTextCursor.MoveOperation.End)
        self.where.setText(where)

    def _fill_history(self) -> None:
        self._menu.clear()
        for where, answer in reversed(self._answers):
            asked = clean(answer.question)
            action = self._menu.addAction((asked if len(asked) <= 80 else f"{asked[:79]}…").replace("&", "&&"))
            action.triggered.connect(lambda _on, where=where, answer=answer: self._recall(where, answer))

    def _recall(self, where: str, answer: VerifiedAnswer) -> None:
        if self._task is None:
            self.question.setPlainText(answer.question)
            self.where.setText(where)
            self.answer.show_answer(answer)
            self._stack.setCurrentWidget(self.answer)
