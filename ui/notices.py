"""Messages inside the window instead of dialogs over it: what happened, what was not lost, what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.tasks import Problem
from ui.widgets import Drawing, icon_button, label, row

Kind = Literal["problem", "warning", "done"]
_DRAWINGS: dict[Kind, tuple[str, str]] = {
    "problem": ("bad_reference", "bad"),
    "warning": ("unsupported", "warn"),
    "done": ("supported", "good"),
}
_SHOWN = 3
_READ_MS = 8000  # after which good news, which asks for nothing, goes away by itself


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say something that appeared by itself."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Notice(QFrame):
    """One message. Its close button takes it away; `dismissed` says that it is gone."""

    dismissed = Signal(object)

    def __init__(self, kind: Kind, text: str, detail: str, action: tuple[str, Callable[[], object]] | None) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("kind", kind)
        self.text = text
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(label(text, "message", wrap=True))
        if detail:
            words.addWidget(label(detail, "muted", wrap=True))
        line = row(Drawing(*_DRAWINGS[kind], 20), spacing=12, margins=(14, 10, 8, 10))
        line.addLayout(words, 1)
        if action:
            button = QPushButton(action[0])
            button.clicked.connect(lambda: action[1]())
            button.clicked.connect(self.dismiss)
            line.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)
        close = icon_button("close", "Close this message", self.dismiss)
        line.addWidget(close, alignment=Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def dismiss(self) -> None:
        """Take the message away."""
        self.hide()
        self.dismissed.emit(self)
        self.deleteLater()


class Notices(QWidget):
    """The messages now shown, newest first, at most three."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Notice] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 0, 16, 0)
        self._column.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def problem(self, problem: Problem) -> None:
        """Say what went wrong."""
        self.say("problem", problem.message, " ".join(part for part in (problem.kept, problem.hint) if part))

    def say(
        self, kind: Kind, text: str, detail: str = "", action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """Show a message, with a button for its next step if there is one. A repeated message is shown once."""
        for old in self.shown():
            if old.text == text:
                old.dismiss()
        for old in self.shown()[_SHOWN - 1 :]:
            old.dismiss()
        notice = Notice(kind, text, detail, action)
        self._column.setContentsMargins(16, 10, 16, 10)
        self._column.insertWidget(0, notice)
        self._shown.insert(0, notice)
        notice.dismissed.connect(self._gone)
        if kind == "done" and action is None:
            QTimer.singleShot(_READ_MS, notice, notice.dismiss)
        announce(notice, f"{text} {detail}".strip())

    def shown(self) -> list[Notice]:
        """The messages, newest first."""
        return list(self._shown)

    def clear(self) -> None:
        """Take all messages away."""
        for notice in self.shown():
            notice.dismiss()

    def _gone(self, notice: Notice) -> None:
        if notice in self._shown:
            self._shown.remove(notice)
        if not self._shown:
            self._column.setContentsMargins(16, 0, 16, 0)
