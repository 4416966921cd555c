"""The tab "Ask": questions and answers, and in their place the export of answers while it is open."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from ui.ask import AskPane
from ui.memopane import MemoPane
from ui.notices import Notices


class AskTab(QStackedWidget):
    """Shows the one or the other; what is being made in one goes on while the other is shown."""

    def __init__(self, ask: AskPane, memo: MemoPane, notices: Notices) -> None:
        super().__init__()
        self._ask, self._memo, self._notices = ask, memo, notices
        self.addWidget(ask)
        self.addWidget(memo)
        memo.left.connect(self.show_answer)

    def export(self) -> None:
        """Show the export of the answers given so far."""
        answered = self._ask.answered
        if not answered:
            self._notices.say("warning", "There is no answer to export yet.", "Ask a question first.")
            return
        self.setCurrentWidget(self._memo)
        self._memo.offer(answered, self._ask.shown)

    def show_answer(self) -> None:
        """Show questions and answers again."""
        if self.currentWidget() is self._memo:
            self.setCurrentWidget(self._ask)
            self._ask.question.setFocus()

    def escape(self) -> None:
        """Stop, or leave, what is shown."""
        if self._memo.isVisible():
            self._memo.escape()
        else:
            self._ask.stop()
