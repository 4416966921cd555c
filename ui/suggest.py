"""Words of the matter that a question may go on with, offered under the box while it is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from legalqa.values.question import Suggestion
from ui.notices import announce
from ui.widgets import clean, count

_MOST = 7
_FEWEST = 3  # characters from which on a word is looked up
_WORDS = 4  # last words of what is typed that are looked up together
_CALLED = {"term": "defined term", "party": "party", "heading": "heading"}
_TOKEN = re.compile(r"[^\s\"'“‘(\[]\S*")  # a word without what opens a quotation or bracket before it
# Words with which every question is asked: to offer something for each of them would be noise.
_PLAIN = frozenset(
    _TOKEN.findall(
        "the and for who what when where which how why does did are was were has have had can may must shall will with"
        " from that this these those under about into than any all not its our their list show find give"
    )
)


def matching(typed: str, among: Sequence[Suggestion]) -> tuple[int, list[Suggestion]]:
    """Where in `typed` the words begin that suggestions begin with, and those suggestions, best first.

    The last words are looked up together before the last one alone, from the beginning of a suggestion before one of
    its other words. Nothing is offered for a word that is complete, for a short or a plain one.
    """
    starts = [match.start() for match in _TOKEN.finditer(typed)] if typed[-1:].strip() else []
    for start in starts[-_WORDS:]:
        wanted = typed[start:].casefold()
        if len(wanted) < _FEWEST or wanted in _PLAIN:
            continue
        fitting = [one for one in among if one.text.casefold().startswith(wanted)]
        inside = [one for one in among if f" {wanted}" in f" {one.text.casefold()}" and one not in fitting]
        found = [*fitting, *inside]
        if found:
            complete = any(one.text.casefold() == wanted for one in found)
            return start, [] if complete else found[:_MOST]
    return len(typed), []


class SuggestionList(QListWidget):
    """Shown over what lies under the box; the keyboard stays in the box. `taken` carries the words chosen."""

    taken = Signal(str)

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self._pane = pane
        self.setObjectName("suggestions")
        self.setAccessibleName("Suggestions from the matter")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.itemClicked.connect(self._clicked)
        self.hide()

    def offer(self, found: Sequence[Suggestion], box: QWidget) -> None:
        """Show these under the box, none of them chosen; without any, nothing."""
        self.clear()
        for one in found:
            item = QListWidgetItem(f"{clean(one.text)}  ·  {_CALLED[one.kind]}", self)
            item.setData(Qt.ItemDataRole.UserRole, clean(one.text))
        self.setCurrentRow(-1)
        self.setVisible(bool(found))
        if found:
            high = sum(self.sizeHintForRow(at) for at in range(self.count())) + 2 * self.frameWidth()
            corner = box.mapTo(self._pane, QPoint(0, box.height() + 2))
            self.setGeometry(corner.x(), corner.y(), box.width(), high)
            self.raise_()
            announce(box, f"{count(len(found), 'suggestion')}, Down to choose.")

    def takes(self, key: int) -> bool:
        """Whether a key is for the list while it is shown; it is then done."""
        if not self.isVisible():
            return False
        at = self.currentRow()
        match key:
            case Qt.Key.Key_Escape:
                self.hide()
            case Qt.Key.Key_Down:
                self._choose(min(at + 1, self.count() - 1))
            case Qt.Key.Key_Up if at >= 0:
                self._choose(at - 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Tab if at >= 0:
                self._clicked(self.item(at))
            case _:
                return False
        return True

    def _choose(self, at: int) -> None:
        self.setCurrentRow(at)
        if at >= 0:
            announce(self, self.item(at).text())

    def _clicked(self, item: QListWidgetItem) -> None:
        self.hide()
        self.taken.emit(item.data(Qt.ItemDataRole.UserRole))
