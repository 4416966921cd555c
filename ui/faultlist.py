"""The sentences of a draft that need a look, one row each, walked through by key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from legalqa.values.answer import Sentence, Verdict
from ui import theme
from ui.widgets import clean, tool_tip

_SOUND: tuple[Verdict, ...] = ("verbatim", "supported")
_INDEX, _VERDICT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class FaultList(QListWidget):
    """`chosen` carries the index of a sentence among all that were checked, `walked` that another row is current."""

    chosen = Signal(int)
    walked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Faults of the draft")
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentRowChanged.connect(self._changed)
        theme.current().changed.connect(self._recolour)

    def show_faults(self, sentences: Sequence[Sentence]) -> None:
        """List those of the sentences that do not hold."""
        self.clear()
        for index, sentence in enumerate(sentences):
            if sentence.verdict not in _SOUND:
                self.addItem(_item(index, sentence))

    def step(self, by: int) -> None:
        """To the next (1) or the previous (-1) fault, around the end."""
        if rows := self.count():
            now = self.currentRow()
            self.setCurrentRow((now + by) % rows if now >= 0 else 0 if by > 0 else rows - 1)

    def mark(self, index: int) -> None:
        """Make the row of a sentence the current one, or none if it is sound; nothing is emitted but `walked`."""
        rows = (at for at in range(self.count()) if self.item(at).data(_INDEX) == index)
        with QSignalBlocker(self):
            self.setCurrentRow(next(rows, -1))
        self.walked.emit()

    def _changed(self, at: int) -> None:
        self.walked.emit()
        if at >= 0:
            self.chosen.emit(self.item(at).data(_INDEX))

    def _recolour(self) -> None:
        for at in range(self.count()):
            self.item(at).setIcon(_icon(self.item(at).data(_VERDICT)))


def _item(index: int, sentence: Sentence) -> QListWidgetItem:
    words = clean(sentence.text)
    item = QListWidgetItem(_icon(sentence.verdict), f"{theme.VERDICTS[sentence.verdict].word}: {words}")
    item.setToolTip(tool_tip("\n".join([words, *(f"• {clean(reason)}" for reason in sentence.reasons)])))
    item.setData(_INDEX, index)
    item.setData(_VERDICT, sentence.verdict)
    return item


def _icon(verdict: Verdict) -> QIcon:
    mark = theme.VERDICTS[verdict]
    return theme.icon(mark.icon, mark.colour)
