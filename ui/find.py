"""Find in the open document: every place that holds the words, walked one by one."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.widgets import icon_button, row, search_field

Span = tuple[int, int]
MOST = 5000  # places that are listed
_AT_ONCE = 32_768  # characters looked through at a time: the engine lets no other thread in before it comes back
_LONGEST = 8192  # characters of a place, line breaks and white space included


def places(text: str, words: str, most: int = MOST, stopped: Callable[[], bool] = lambda: False) -> list[Span]:
    """Offsets of `words` in `text`, whatever the case and the white space between them; hyphens at line ends count
    as none. No more than are known when it is `stopped`.
    """
    parts = [r"(?:-\s*\n\s*)?".join(map(re.escape, part)) for part in words.split()]
    pattern = re.compile(r"\s+".join(parts), re.IGNORECASE)
    found: list[Span] = []
    at, end = 0, min(_AT_ONCE, len(text))
    while parts and len(found) < most and at < len(text) and not stopped():
        match = pattern.search(text, at, end + _LONGEST)
        if match and match.start() < end:
            found.append(match.span())
            at = match.end()
        else:
            at = end
        if at >= end:
            end = min(at + _AT_ONCE, len(text))
    return found


class FindBar(QWidget):
    """`sought` carries what is typed, `stepped` 1 or -1; `closed` follows when the bar is put away."""

    sought = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = search_field("Find in this document", "Find in this document")
        self._count = QLabel("")
        back = icon_button("up", "Previous place", lambda: self.stepped.emit(-1), "Shift+F3")
        on = icon_button("down", "Next place", lambda: self.stepped.emit(1), "F3")
        line = row(
            self.field, self._count, back, on, icon_button("close", "Close the search", self.put_away), spacing=6,
            margins=(16, 6, 12, 6),
        )  # fmt: skip
        line.setStretch(0, 1)
        self.setLayout(line)
        self.field.textChanged.connect(self.sought)
        self.hide()

    def open(self) -> None:
        """Show the bar, ready to type."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self.sought.emit(self.field.text())

    def put_away(self) -> None:
        """Hide the bar."""
        self.hide()
        self.closed.emit()

    def say(self, at: int, of: int) -> None:
        """Which place of how many is shown (from 1; 0 for none)."""
        if not self.field.text().strip():
            self._count.setText("")
        else:
            self._count.setText(f"{at:,} of {of:,}{'+' if of == MOST else ''}" if of else "Not found")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)
