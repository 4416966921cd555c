"""The table of a review: its cells and the heads of its rows, walked through by key."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTableView

from legalqa.values.review import Cell
from ui import theme
from ui.review import ReviewDelegate, ReviewFilter, ReviewModel, Role

_WRAPPED = Qt.AlignmentFlag(Qt.TextFlag.TextWordWrap.value)  # Qt takes both kinds of flags here
_LINES = 5  # of an answer that a row shows
_NAMES, _ANSWERS = 150, 180  # logical pixels across: the names of the documents, a question


class ReviewTable(QTableView):
    """`chosen` says that another cell is current, or none; `document_chosen` carries the id of a row's document."""

    chosen = Signal()
    document_chosen = Signal(str)

    def __init__(self, model: ReviewModel) -> None:
        super().__init__()
        self._filter = ReviewFilter(self)
        self._filter.setSourceModel(model)
        self.setModel(self._filter)
        self.setItemDelegate(ReviewDelegate(self))
        self.setAccessibleName("Documents and questions")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)  # no question is cut at the left
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        names, questions = self.verticalHeader(), self.horizontalHeader()
        names.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | _WRAPPED)
        names.setSectionsClickable(True)
        names.sectionClicked.connect(self._head_chosen)
        names.setAccessibleName("Documents of the review")
        questions.setAccessibleName("Questions of the review")
        questions.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.selectionModel().currentChanged.connect(self.chosen)
        theme.current().changed.connect(self._fit)
        self._fit()

    @property
    def cell(self) -> Cell | None:
        """The cell that is looked at."""
        found: Cell | None = self.currentIndex().data(Role.CELL)
        return found

    @property
    def document(self) -> str:
        """Id of the document of the current row, "" without one."""
        return self.currentIndex().data(Role.DOCUMENT) or ""

    @property
    def row_name(self) -> str:
        """What the current row is called."""
        return str(self._filter.headerData(self.currentIndex().row(), Qt.Orientation.Vertical) or "")

    @property
    def rows(self) -> int:
        """How many documents are shown."""
        return self._filter.rowCount()

    def show_needing(self, on: bool) -> None:
        """Show only documents of which a cell needs a look, or all."""
        self._filter.show_needing(on)

    def again(self) -> None:
        """A cell has changed: show the rows that belong here now."""
        self._filter.invalidate()

    def step(self, by: int) -> None:
        """To the next (1) or the previous (-1) cell that needs a look, around the end."""
        rows, columns = self._filter.rowCount(), self._filter.columnCount()
        places = [(row, column) for row in range(rows) for column in range(columns)]
        now = (self.currentIndex().row(), self.currentIndex().column())
        at = places.index(now) if now in places else -1 if by > 0 else 0
        for ahead in range(1, len(places) + 1):
            index = self._filter.index(*places[(at + by * ahead) % len(places)])
            if index.data(Role.CELL).needs_human:
                self.setCurrentIndex(index)
                return

    def _head_chosen(self, row: int) -> None:
        self.document_chosen.emit(self._filter.headerData(row, Qt.Orientation.Vertical, Role.DOCUMENT))

    def _fit(self) -> None:
        """Rows and columns as the size of the text wants them."""
        look = theme.current()
        self.ensurePolished()
        self.verticalHeader().setDefaultSectionSize(_LINES * self.fontMetrics().height() + 14)
        self.verticalHeader().setFixedWidth(look.scaled(_NAMES))
        self.horizontalHeader().setDefaultSectionSize(look.scaled(_ANSWERS))
