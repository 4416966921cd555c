"""A review as a table: a thin model over the grid, its filter, and how a cell is drawn."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, QRect, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from legalqa.values import pin
from legalqa.values.review import Cell, Grid
from ui import painting, theme
from ui.painting import ROOT, Index
from ui.widgets import clean, file_name, tool_tip

OPEN = theme.Mark("Not asked yet", "", "muted")
SILENT = theme.Mark("Not found", "search-empty", "plain", "The document does not answer this.")
ACCEPTED = theme.Mark("Accepted", "accepted", "good")
CORRECTED = theme.Mark("Corrected", "corrected", "accent")


class Role(IntEnum):
    """What the model tells beside Qt's own roles."""

    CELL = Qt.ItemDataRole.UserRole + 1
    DOCUMENT = Qt.ItemDataRole.UserRole + 2
    NEEDS = Qt.ItemDataRole.UserRole + 3  # of the head of a row: whether anything of it needs a look


def mark_of(cell: Cell | None) -> theme.Mark:
    """How a cell is marked: by what a person said of it, else by its verdict."""
    if cell is None or (cell.answer is None and not cell.decision):
        return OPEN
    if cell.decision:
        return ACCEPTED if cell.decision == "accepted" else CORRECTED
    return theme.VERDICTS[cell.verdict] if cell.verdict else SILENT


def place_of(cell: Cell | None) -> str:
    """The pin cite of a cell, without the document that its row names."""
    cited = cell.citation if cell else None
    if cited is None or cell is None:
        return ""
    words = clean(pin.words(cited))
    return words if cited.document_id == cell.document_id else ", ".join(filter(None, (clean(cited.document), words)))


class ReviewModel(QAbstractTableModel):
    """A row a document, a column a question; the head of the row names the document."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = Grid("")
        self._names: dict[str, str] = {}

    @property
    def grid(self) -> Grid:
        """What is shown."""
        return self._grid

    def show(self, grid: Grid) -> None:
        """Show this review."""
        self.beginResetModel()
        self._grid = grid
        self.endResetModel()

    def name(self, paths: dict[str, str]) -> None:
        """Call the documents by their files (`paths` by document id)."""
        self._names = {id: file_name(path) for id, path in paths.items()}
        if self.rowCount():
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self.rowCount() - 1)

    def put(self, cell: Cell) -> None:
        """Show what is known of a cell now."""
        self._grid.cells[cell.document_id, cell.question] = cell
        texts = [question.text for question in self._grid.questions]
        if cell.document_id in self._grid.documents and cell.question in texts:
            place = self.index(self._grid.documents.index(cell.document_id), texts.index(cell.question))
            self.dataChanged.emit(place, place)

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._grid.documents)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._grid.questions)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self._row_head(section, role) if section < len(self._grid.documents) else None
        if section >= len(self._grid.questions):
            return None
        question = self._grid.questions[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return clean(question.label)
        return tool_tip(clean(question.text)) if role == Qt.ItemDataRole.ToolTipRole else None

    def _row_head(self, row: int, role: int) -> Any:
        id = self._grid.documents[row]
        name = self._names.get(id, "A document that is no longer in the matter")
        if role == Role.DOCUMENT:
            return id
        if role == Role.NEEDS:
            cells = (self._grid.cell(id, question) for question in self._grid.questions)
            return any(cell.needs_human for cell in cells if cell)
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        return tool_tip(name) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        id, question = self._grid.documents[index.row()], self._grid.questions[index.column()]
        cell = self._grid.cell(id, question)
        if role == Role.DOCUMENT:
            return id
        if role == Role.CELL:
            return cell or Cell(id, question.text)
        if role == Qt.ItemDataRole.DisplayRole:
            return clean(cell.text) if cell else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = [clean(question.label), mark_of(cell).word, clean(cell.text) if cell else "", place_of(cell)]
            parts.append(f"Comment: {clean(cell.comment)}" if cell and cell.comment else "")
            said = ". ".join(part for part in parts if part)
            name = self._row_head(index.row(), Qt.ItemDataRole.DisplayRole)
            return tool_tip(said) if role == Qt.ItemDataRole.ToolTipRole else f"{name}. {said}"
        return None


class ReviewFilter(QSortFilterProxyModel):
    """All rows, or those of which something needs a look."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._needing = False

    def show_needing(self, on: bool) -> None:
        """Keep only documents of which a cell needs a look."""
        self.beginFilterChange()
        self._needing = on
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, _source_parent: Index) -> bool:
        source = self.sourceModel()
        return not self._needing or bool(source.headerData(source_row, Qt.Orientation.Vertical, Role.NEEDS))


class ReviewDelegate(QStyledItemDelegate):
    """Draws a cell: the shape of its verdict, the answer in as many lines as there is room, its place below."""

    _PAD, _ICON = 7, 16

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(160, 3 * QFontMetrics(option.font).height() + 2 * self._PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(option.rect, look.colour("accent_soft" if selected else "surface"))
        inner = option.rect.adjusted(self._PAD, self._PAD, -self._PAD, -self._PAD)
        self._cell(painter, option, inner, index.data(Role.CELL))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def _cell(self, painter: QPainter, option: QStyleOptionViewItem, inner: QRect, cell: Cell) -> None:
        mark = mark_of(cell)
        if mark is OPEN:
            self._words(painter, inner, option.font, "muted", "…")
            return
        ratio, side = painter.device().devicePixelRatio(), theme.current().scaled(self._ICON)
        painter.drawPixmap(inner.left(), inner.top(), theme.pixmap(mark.icon, mark.colour, side, ratio))
        small = painting.small(option.font)
        foot = QFontMetrics(small).height()
        text = inner.adjusted(side + 7, 0, 0, -foot - 2)
        self._words(painter, text, option.font, "text", clean(cell.text) or mark.word)
        below = " · ".join(part for part in (mark.word if cell.text else "", place_of(cell)) if part)
        below += " ✎" if cell.comment else ""
        painting.line(
            painter, text, inner.bottom() - foot + 1, small, mark.colour if cell.needs_human else "muted", below
        )

    @staticmethod
    def _words(painter: QPainter, area: QRect, font: QFont, token: str, text: str) -> None:
        """Whole lines only, the last one ending in … if there is more."""
        metrics = QFontMetrics(font)
        room = max(area.height() // metrics.lineSpacing(), 1) * area.width()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room * 0.9))
        painter.setFont(font)
        painter.setPen(theme.current().colour(token))
        painter.setClipRect(area)
        painter.drawText(area, Qt.TextFlag.TextWordWrap, shown)
        painter.setClipping(False)
