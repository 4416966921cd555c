"""The middle pane: ask, watch the draft, read the verified answer; earlier questions stay at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from legalqa.values.answer import Condition, Draft, VerifiedAnswer
from legalqa.values.memo import Answered
from legalqa.values.question import LeftOut
from ui.answer import AnswerView
from ui.asking import Asked, Asking, taken
from ui.feedback import Judge
from ui.question import QuestionBox
from ui.scope import ScopeRow, written
from ui.tasks import Problem, Task, Tasks
from ui.undo import Undo
from ui.widgets import EmptyState, clean, count, icon_button, label, named, row

_REMEMBERED = 50
_STAGES = {
    "retrieving": "Searching the record …",
    "answering": "Drafting from {passages}: not verified yet.",
    "verifying": "Checking every sentence against the record …",
}


class AskPane(QWidget):
    """Emits `place_chosen` with (document id, page, boxes) when a citation is to be looked at."""

    place_chosen = Signal(str, int, object)

    def __init__(self, tasks: Tasks, undo: Undo) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tasks, self._undo = tasks, undo
        self._matter: Asked | None = None
        self._task: Task | None = None
        self._asked: list[Asking] = []  # those that were answered
        self._now: Asking | None = None  # what is being answered, or was last shown
        self._back = 0  # how far history was walked back; 0 is what is being typed
        self._learning: Task | None = None
        self.question = QuestionBox(self)
        self.where = QLineEdit(placeholderText="Everything, or type=lease date>=2019")
        self.where.setAccessibleName("Search only in: filter")
        self.where.setToolTip(
            "Limit the search: document, type, date, party, bates, page\n"
            'For example: type=lease date>=2019-01-01 party="Harbor Point"'
        )
        self.scope = ScopeRow()
        self._ask = named(QPushButton("&Ask"), "primary")
        self._ask.setToolTip("Ask (Enter)")
        self._stop = QPushButton("&Stop")
        self._stop.setToolTip("Stop answering (Esc)")
        self.answer = AnswerView()
        self._judge = Judge(tasks, self.answer)
        self._empty = EmptyState(
            "matter",
            "Ask the record",
            "Every sentence of the answer is checked against the documents, and shown on the very page it comes from.",
        )
        self._lay_out()
        self.question.entered.connect(self.ask)
        self.question.walked.connect(self._walk)
        self.question.textChanged.connect(self._typed)
        self.question.looked_at.connect(self._learn)
        self.question.settled = lambda: self._undo.canUndo() and self._same()
        self.where.returnPressed.connect(self.ask)
        self.scope.scoped.connect(self._ask_about)
        self.scope.filtered.connect(self._ask_only)
        self.scope.unfiltered.connect(self._widen)
        self.scope.left_out.connect(self._ask_without)
        self._ask.clicked.connect(self.ask)
        self._stop.clicked.connect(self.stop)
        self.answer.place_chosen.connect(self.place_chosen)
        self._busy(False)

    # From outside

    def set_matter(self, matter: Asked | None) -> None:
        """Ask another matter from now on; what was asked before is put away."""
        if self._task:
            self._task.abandon()
        if self._learning:
            self._learning.abandon()
        self._task = self._learning = None
        self._matter = matter
        self._asked, self._now, self._back = [], None, 0
        self.history.setEnabled(False)
        self.question.clear()
        self.question.suggest(())
        self._learn()
        self.where.clear()
        self.scope.show_filters(())
        self.scope.show_understood(None)
        self.scope.set_open_document(None)
        self.answer.clear()
        self._stack.setCurrentWidget(self._empty)
        self._busy(False)

    @property
    def answering(self) -> bool:
        """Whether an answer is being made."""
        return self._task is not None

    @property
    def answered(self) -> list[Answered]:
        """The answers of this session, oldest first, each with the filter that it was asked under."""
        return [Answered(one.answer, one.where) for one in self._asked if one.answer]

    @property
    def shown(self) -> VerifiedAnswer | None:
        """The answer on screen."""
        return self._now.answer if self._now else None

    def ask(self) -> None:
        """Ask what stands in the box; without a question, limit the search to what stands in the filter."""
        question, matter, where = self.question.toPlainText().strip(), self._matter, self._where()
        if matter is None or self._task is not None:
            return
        if question:
            before = (one.answer.question for one in self._asked if one.answer)
            self._start(Asking(question, where, history=tuple(dict.fromkeys(before))))
        elif where:
            self._tasks.run("library", lambda _task: matter.filters(where), self._limit)

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
        self.history = icon_button("history", "Earlier questions", lambda: self.history.showMenu())
        self.history.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_history)
        self.history.setMenu(self._menu)
        self.history.setEnabled(False)
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
        form.addWidget(self.scope)
        below: QHBoxLayout = row(caption, self.where, self._ask, self._stop)
        below.setStretch(1, 1)
        form.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(form)
        column.addWidget(self._progress)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(340)

    def _where(self) -> str:
        return " ".join(part for part in (self.scope.where, self.where.text().strip()) if part)

    def _start(self, asking: Asking) -> None:
        """Ask it; what is being answered is given up for it."""
        matter = self._matter
        if matter is None:
            return
        if self._task is not None:
            self._task.abandon()
        self._back = 0
        self._now = asking
        self.question.setFocus()  # a chip or button that has the focus is about to go
        self.answer.begin_draft(asking.question)
        self._stack.setCurrentWidget(self.answer)
        self._busy(True)
        self._stage.setText(_STAGES["retrieving"])

        def work(task: Task) -> VerifiedAnswer:
            told = taken(matter, asking)
            task.report(told)
            return matter.ask(
                told.question, told.where, history=told.history, scope=told.scope, without=told.without,
                on_draft=task.report, stop=task.stop,
            )  # fmt: skip

        self._task = self._tasks.run("ask", work, self._answered, self._failed, self._told)

    def _ask_about(self, scope: str) -> None:
        """Ask the same question about something else: a document, everything, or what it says itself ("")."""
        if self._now is not None:
            self._change("ask about something else", replace(self._now, where=self._where(), scope=scope))

    def _ask_without(self, without: tuple[LeftOut, ...]) -> None:
        """Ask the same question, and let some of what is understood of it not count."""
        if self._now is not None:
            self._change("leave something out", replace(self._now, where=self._where(), without=without))

    def _ask_only(self, term: str) -> None:
        """Ask the same question in less of the record."""
        if self._now is not None:
            self._change("limit the search", replace(self._now, where=f"{self._where()} {term}".strip()))

    def _widen(self, term: str) -> None:
        """Take a filter away; what was asked under it is asked again."""
        self.scope.drop_filter(term)
        if self._now is not None and self._same():
            self._change("remove a filter", replace(self._now, where=self._where()))

    def _change(self, words: str, asking: Asking) -> None:
        """Ask otherwise what was asked; Undo shows again what was answered to it before."""
        before = self._now
        self._start(asking)
        if before is not None and before.answer is not None:
            self._undo.done(words, lambda: self._start(asking), lambda: self._recall(before))

    def _limit(self, filters: Sequence[Condition]) -> None:
        self.scope.show_filters(filters)
        self.where.clear()

    def _told(self, told: Asking | Draft) -> None:
        if isinstance(told, Asking):
            self._now = told
            self._limit(told.filters)
            self._typed()
            return
        if self._task is not None and not self._task.stop.is_set():
            self._stage.setText(_STAGES[told.stage].format(passages=count(len(told.passages), "passage")))
        if told.text:
            self.answer.show_draft(told.text)

    def _typed(self) -> None:
        """What was understood is of the question that was asked, and goes when another one is typed."""
        now = self._now
        if now is not None and self._same():
            self.scope.show_understood(now.understood, now.scope, now.before, now.without)
        else:
            self.scope.show_understood(None)

    def _same(self) -> bool:
        """Whether the question in the box is the one that was asked."""
        return self._now is not None and self._now.question == self.question.toPlainText().strip()

    def _answered(self, answer: VerifiedAnswer) -> None:
        self._task = None
        if self._now is not None:
            self._now = replace(self._now, answer=answer)
            self._asked = [*self._asked, self._now][-_REMEMBERED:]
        self.history.setEnabled(True)
        self._show(answer)
        self._busy(False)

    def _show(self, answer: VerifiedAnswer) -> None:
        """Show an answer to what is asked now."""
        if self._matter is not None and self._now is not None:
            self._judge.show(self._matter.feedback, answer, " ".join(map(written, self._now.filters)))

    def _learn(self) -> None:
        """Look what the matter has to suggest by now."""
        matter = self._matter
        if matter is not None and (self._learning is None or self._learning.finished):
            self._learning = self._tasks.run(
                "library", lambda _task: matter.suggestions(), self.question.suggest, lambda _problem: None
            )

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
        back = min(max(self._back - by, 0), len(self._asked))
        if back == self._back:
            return
        self._back = back
        earlier = self._asked[-back] if back else None
        self.question.setPlainText(earlier.question if earlier else "")
        self.question.moveCursor(QTextCursor.MoveOperation.End)
        self._limit(earlier.filters if earlier else ())

    def _fill_history(self) -> None:
        self._menu.clear()
        for asking in reversed(self._asked):
            asked = clean(asking.question)
            action = self._menu.addAction((asked if len(asked) <= 80 else f"{asked[:79]}…").replace("&", "&&"))
            action.triggered.connect(lambda _on, asking=asking: self._recall(asking))

    def _recall(self, asking: Asking) -> None:
        """Show an earlier question with its answer; what is being answered is given up for it."""
        if self._task is not None:
            self._task.abandon()
            self._task = None
            self._busy(False)
        if asking.answer is not None:
            self._now = asking
            self.question.setPlainText(asking.question)
            self._limit(asking.filters)
            self._typed()
            self._show(asking.answer)
            self._stack.setCurrentWidget(self.answer)
