"""One cell of a review: the answer with its verdicts and places, and what a person makes of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from legalqa.values.review import Cell
from ui.citation import Chip, CitationChip
from ui.review import mark_of
from ui.sentence import SentenceCard
from ui.widgets import clean, clear, label, named, row


class CellView(QWidget):
    """`decided` carries (decision, correction, comment), `place_chosen` (document id, page, boxes)."""

    decided = Signal(str, str, str)
    place_chosen = Signal(str, int, object)

    def __init__(self) -> None:
        super().__init__()
        self._cell: Cell | None = None
        self._chips: list[CitationChip] = []
        self._title = label("", "heading", wrap=True)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(18, 4, 18, 8)
        sheet = named(QWidget(), "answer")
        sheet.setLayout(self._column)
        cards = QScrollArea()
        cards.setWidgetResizable(True)
        cards.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        cards.setWidget(sheet)
        self.correction = QLineEdit(placeholderText="The right answer, if it is another one")
        self.correction.setAccessibleName("Correction")
        self.comment = QLineEdit(placeholderText="Comment")
        self.comment.setAccessibleName("Comment")
        self._accept = named(QPushButton("A&ccept"), "primary")
        self._correct = QPushButton("Cor&rect")
        self._undo = QPushButton("&Undo")
        self._undo.setToolTip("Take the decision back")
        self._accept.clicked.connect(lambda: self._say("accepted"))
        self._correct.clicked.connect(lambda: self._say("corrected"))
        self._undo.clicked.connect(lambda: self._say(""))
        self.correction.returnPressed.connect(lambda: self._say("corrected"))
        self.correction.textChanged.connect(lambda text: self._correct.setEnabled(bool(text.strip())))
        self.comment.returnPressed.connect(lambda: self._say(self._cell.decision if self._cell else ""))
        form = QVBoxLayout()
        form.setContentsMargins(18, 6, 18, 12)
        form.setSpacing(8)
        first = row(self.correction, self._correct)
        first.setStretch(0, 1)
        second = row(self.comment, self._undo, self._accept)
        second.setStretch(0, 1)
        form.addLayout(first)
        form.addLayout(second)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row(self._title, margins=(18, 10, 18, 6)))
        column.addWidget(cards, 1)
        column.addLayout(form)

    def show_cell(self, cell: Cell, title: str) -> None:
        """Show what is known of a cell."""
        self._cell = cell
        self._title.setText(clean(title))
        self.correction.setText(cell.correction)
        self.comment.setText(cell.comment)
        self._correct.setEnabled(bool(cell.correction))
        self._accept.setEnabled(cell.answer is not None)
        self._undo.setVisible(bool(cell.decision))
        clear(self._column)
        self._chips = []
        mark = mark_of(cell)
        if cell.decision:
            self._column.addWidget(label(f"{mark.word} by the reviewer.", "muted", wrap=True))
        for sentence in cell.answer.sentences if cell.answer else ():
            card = SentenceCard(sentence)
            card.chosen.connect(self.choose)
            self._column.addWidget(card)
            self._chips += card.chips
        if cell.answer is None or not cell.answer.sentences:
            self._column.addWidget(label(mark.explained or mark.word, "muted", wrap=True))
        self._column.addStretch(1)

    def show_place(self) -> bool:
        """Have the first place of the answer shown; False if it has none."""
        first = next((chip for chip in self._chips if chip.target), None)
        if first is not None:
            self.choose(first)
        return first is not None

    def choose(self, chosen: Chip) -> None:
        """Have the place of a citation shown."""
        for chip in self._chips:
            chip.mark(chip is chosen)
        if isinstance(chosen, CitationChip) and chosen.target:
            self.place_chosen.emit(*chosen.target)

    def _say(self, decision: str) -> None:
        correction = self.correction.text().strip() if decision == "corrected" else ""
        if self._cell is not None and (decision != "corrected" or correction):
            self.decided.emit(decision, correction, self.comment.text().strip())
