"""A table with a row for each document of a listing or a comparison, its sentences and citations inside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from legalqa.values.answer import VerifiedAnswer
from legalqa.values.form import Row
from ui import theme
from ui.citation import CitationChip
from ui.sentence import SentenceCard
from ui.shapes import NOTHING, NoteFrame, head, notes_of
from ui.widgets import clean, label, place

_AT_ONCE = 4  # rows that are made between two looks at what the user does: each is a dozen widgets
_NAME = (0.3, 13, 28)  # width of the first column: share of the table, least and most characters


class RowsTable(QTableWidget):
    """As high as its rows: it does not scroll by itself. Arrows go from row to row, Enter shows a row's first place.

    `chosen` carries the chip whose place is to be shown, `reached` the widget that the keyboard came to, `added` the
    chips of rows that were made.
    """

    chosen = Signal(object)
    reached = Signal(object)
    added = Signal(object)

    def __init__(self, answer: VerifiedAnswer) -> None:
        super().__init__(0, 2)
        self._answer = answer
        self._cards: list[list[SentenceCard]] = []
        self.setObjectName("rows")
        self.setAccessibleName(f"{head(answer)}, a row for each document")
        self.setHorizontalHeaderLabels(["Document", "What it says"])
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # Tab goes on to the citations and out of the table
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._coming: list[Row] = []
        self._stale: set[int] = set()  # rows whose height is to be found
        self._making = QTimer(self, singleShot=True, interval=0)
        self._making.timeout.connect(self._make)
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        theme.current().changed.connect(self._fit_all)
        self.currentCellChanged.connect(self._reach)
        self.activated.connect(lambda index: self._choose_first(index.row()))

    @property
    def chips(self) -> list[CitationChip]:
        """The citations, from top to bottom."""
        return [chip for cards in self._cards for card in cards for chip in card.chips]

    def add(self, rows: Sequence[Row]) -> None:
        """Put more rows below, a few at once."""
        self._coming += rows
        self._make()

    def _make(self) -> None:
        known = len(self.chips)
        some, self._coming = self._coming[:_AT_ONCE], self._coming[_AT_ONCE:]
        for one in some:
            self._add(one)
        self._fitting.start()
        self.added.emit(self.chips[known:])
        if self._coming:
            self._making.start()

    def _add(self, one: Row) -> None:
        at = self.rowCount()
        self.insertRow(at)
        self._stale.add(at)
        cards = [self._card(index, one.document) for index in one.sentences]
        self._cards.append(cards)
        name = _cell([label(clean(one.document), wrap=True)], 12)
        said = _cell([*cards] or [label(NOTHING, "muted", wrap=True)], 4 if cards else 12)
        for column, (widget, words) in enumerate(((name, clean(one.document)), (said, self._spoken(one)))):
            item = QTableWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            self.setItem(at, column, item)
            self.setCellWidget(at, column, widget)
            widget.setProperty("row", at)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # reasons were opened or closed
            self._stale.add(watched.property("row"))
            self._fitting.start()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_all()

    def _card(self, index: int, document: str) -> SentenceCard:
        told = [NoteFrame(note) for note in notes_of(self._answer, index)]
        card = SentenceCard(self._answer.sentences[index], told, document)
        card.chosen.connect(self.chosen)
        return card

    def _spoken(self, one: Row) -> str:
        """What a screen reader says of a row."""
        said = []
        for index in one.sentences:
            sentence = self._answer.sentences[index]
            places = "; ".join(place(cited) for cited in sentence.citations if cited.found)
            said.append(f"{theme.VERDICTS[sentence.verdict].word}: {clean(sentence.text)} {places}".strip())
        return " ".join(said) or NOTHING

    def _reach(self, at: int, _column: int, _from: int, _from_column: int) -> None:
        if widget := self.cellWidget(at, 1):
            self.reached.emit(widget)

    def _choose_first(self, at: int) -> None:
        chip = next((chip for card in self._cards[at] for chip in card.chips), None)
        if chip is not None:
            self.chosen.emit(chip)

    def _fit_all(self) -> None:
        """Share out the width between the columns, and find all heights anew."""
        wide = self.viewport().width()
        share, least, most = _NAME
        letter = self.fontMetrics().averageCharWidth()
        first = min(max(int(share * wide), least * letter), most * letter, wide // 2)
        self.setColumnWidth(0, first)
        self.setColumnWidth(1, wide - first)
        self._stale.update(range(self.rowCount()))
        self._fit()

    def _fit(self) -> None:
        """Give each row whose content has changed its height, and the table that of all its rows."""
        for at in self._stale:
            self.setRowHeight(at, max(self._height(at, column) for column in (0, 1)) + 1)  # the line of the grid
        self._stale.clear()
        high = sum(self.rowHeight(at) for at in range(self.rowCount()))
        self.setFixedHeight(high + self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth() + 2)

    def _height(self, at: int, column: int) -> int:
        widget = self.cellWidget(at, column)
        return widget.heightForWidth(self.columnWidth(column) - 1) if widget else 0


def _cell(parts: Sequence[QWidget], margin: int) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(2)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return cell
