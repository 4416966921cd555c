"""What a new review needs: a name, the documents that are asked, and the questions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QVBoxLayout

from legalqa.values.review import ReviewQuestion
from ui.widgets import count, fields, label, named, row

_USUAL = {"Lease": "type=lease", "NDA": "type=nda"}  # templates whose kind of document has a type of its own


class ReviewForm(QFrame):
    """`made` carries (name, filter, questions)."""

    made = Signal(str, str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note")
        self._questions: Sequence[ReviewQuestion] = ()
        self._said = label("", "", wrap=True)
        self.name, self.where = QLineEdit(), QLineEdit()
        self.name.setAccessibleName("Name of the review")
        self.where.setAccessibleName("Documents that are asked: filter")
        self.where.setPlaceholderText("All, or for example: type=lease date>=2019")
        make = named(QPushButton("&Create and fill"), "primary")
        never = QPushButton("Cancel")
        make.clicked.connect(self._make)
        never.clicked.connect(self.hide)
        for field in (self.name, self.where):
            field.returnPressed.connect(self._make)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._said)
        column.addLayout(fields(("&Name", self.name), ("&Documents", self.where)))
        column.addLayout(row(None, never, make))
        self.hide()

    def offer(self, name: str, questions: Sequence[ReviewQuestion]) -> None:
        """Ask for the name and the documents of a review with these questions."""
        self._questions = questions
        self._said.setText(f"New review: {count(len(questions), 'question')} of each document.")
        self.name.setText(name)
        self.where.setText(_USUAL.get(name, ""))
        self.show()
        self.name.setFocus()
        self.name.selectAll()

    def _make(self) -> None:
        if name := self.name.text().strip():
            self.hide()
            self.made.emit(name, self.where.text().strip(), self._questions)
